/** Writes one line for each decision about a token. */
import { Injectable } from '@nestjs/common';

import { ServiceLogger } from '../logging/service.logger.js';

import { OnTokenIssued, OnTokenRefused, type TokenIssuedEvent, type TokenRefusedEvent } from './token-events.js';

@Injectable()
export class AuditLog {
  constructor(private readonly logger: ServiceLogger) {}

  @OnTokenIssued()
  issued(event: TokenIssuedEvent): void {
    this.logger.log('issued', event, 'Token');
  }

  @OnTokenRefused()
  refused(event: TokenRefusedEvent): void {
    this.logger.warn('refused', event, 'Token');
  }
}
