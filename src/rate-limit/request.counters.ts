import type { RequestCounter } from './request.counter.js';

export type RateLimitName = 'address' | 'caller';

/** One counter for each limit: a flood of addresses must not evict the counts of callers. */
export abstract class RequestCounters implements Record<RateLimitName, RequestCounter> {
  abstract readonly address: RequestCounter;
  abstract readonly caller: RequestCounter;
}
