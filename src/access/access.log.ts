import { Injectable } from '@nestjs/common';

import { ServiceLogger } from '../logging/service.logger.js';

import { type AccessEndedEvent, OnAccessEnded } from './access-events.js';

/** Writes one line for each participant who was sent out of a room. */
@Injectable()
export class AccessLog {
  constructor(private readonly logger: ServiceLogger) {}

  @OnAccessEnded()
  ended(event: AccessEndedEvent): void {
    this.logger.log('ended', event, 'Access');
  }
}
