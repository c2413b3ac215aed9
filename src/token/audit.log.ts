/** Writes one line for each decision about a token. */
import { Injectable } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';

import { ServiceLogger } from '../logging/service.logger.js';

import { TOKEN_ISSUED, TOKEN_REFUSED, type TokenIssuedEvent, type TokenRefusedEvent } from './token-events.js';

@Injectable()
export class AuditLog {
  constructor(events: EventEmitter2, logger: ServiceLogger) {
    // Not by the decorators, which make a promise of each call: nobody waits for it, and it costs more than the line.
    events.on(TOKEN_ISSUED, (event: TokenIssuedEvent) => logger.log('issued', event, 'Token'));
    events.on(TOKEN_REFUSED, (event: TokenRefusedEvent) => logger.warn('refused', event, 'Token'));
  }
}
