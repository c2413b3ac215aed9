/** Logs a warning after 5 refused token requests from one address within a minute. */
import { Injectable, Logger } from '@nestjs/common';
import { OnTokenRefused, type TokenRefusedEvent } from 'livekit-token-service/token';
import { LRUCache } from 'lru-cache';

const ALARM_AT = 5;

@Injectable()
export class RefusalAlarm {
  private readonly logger = new Logger('RefusalAlarm');
  private readonly refusals = new LRUCache<string, number>({ max: 10_000, ttl: 60_000 });

  @OnTokenRefused()
  refused({ address, status }: TokenRefusedEvent): void {
    if (status !== 401 && status !== 403) return;
    const count = (this.refusals.get(address) ?? 0) + 1;
    this.refusals.set(address, count);
    if (count === ALARM_AT) this.logger.warn('Refused again and again', { address, count });
  }
}
