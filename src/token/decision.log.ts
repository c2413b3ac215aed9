/** Writes one line for each decision about a token. */
import { Injectable, Logger } from '@nestjs/common';

import { OnTokenIssued, OnTokenRefused, type TokenIssuedEvent, type TokenRefusedEvent } from './token-events.js';

@Injectable()
export class DecisionLog {
  private readonly logger = new Logger('Token');

  @OnTokenIssued()
  issued(event: TokenIssuedEvent): void {
    this.logger.log('issued', event);
  }

  @OnTokenRefused()
  refused(event: TokenRefusedEvent): void {
    this.logger.warn('refused', event);
  }
}
