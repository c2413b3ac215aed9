/** Counts within this process, in bounded memory: beyond the bound, the least recently used keys are dropped. */
import { LRUCache } from 'lru-cache';

import { type Count, RequestCounter, WINDOW_SECONDS } from './request.counter.js';

/** Of one limit. About 11 MB when full. Limits by address do not help against a flood from more addresses than this in a minute. */
const MAX_KEYS = 50_000;

interface Window {
  requests: number;
  /** On the monotonic clock, which corrections of the wall clock do not affect. */
  readonly endsAt: number;
}

export class ProcessCounter extends RequestCounter {
  private readonly windows: LRUCache<string, Window>;

  constructor(
    maxKeys = MAX_KEYS,
    // Whole milliseconds: sums and differences of fractions are inexact, and a window of 60 s would end in 61 s.
    private readonly now = (): number => Math.floor(performance.now()),
  ) {
    super();
    // Not `max`, for which the cache takes all of its memory at once.
    this.windows = new LRUCache({ maxSize: maxKeys, sizeCalculation: () => 1 });
  }

  get size(): number {
    return this.windows.size;
  }

  count(key: string): Count {
    const window = this.windows.get(key);
    if (window === undefined || window.endsAt <= this.now()) {
      return this.learn(key, { requests: 1, endsInMs: WINDOW_SECONDS * 1000 });
    }
    window.requests += 1;
    return { requests: window.requests, endsInMs: window.endsAt - this.now() };
  }

  /** The known requests of the current window. */
  known(key: string): number {
    const window = this.windows.get(key);
    return window !== undefined && window.endsAt > this.now() ? window.requests : 0;
  }

  /** Continues from a count that was made elsewhere. */
  learn(key: string, count: Count): Count {
    this.windows.set(key, { requests: count.requests, endsAt: this.now() + count.endsInMs });
    return count;
  }
}
