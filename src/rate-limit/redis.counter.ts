/** Counts in Redis, together with all other instances. While Redis is unavailable, continues the count in this process. */
import { RateLimiterRedis } from 'rate-limiter-flexible';

import type { RedisClient } from '../redis/redis.client.js';

import type { ProcessCounter } from './process.counter.js';
import { type Count, RequestCounter, WINDOW_SECONDS } from './request.counter.js';

const KEY_PREFIX = 'livekit-token-service:limit';

export class RedisCounter extends RequestCounter {
  private readonly shared: RateLimiterRedis;

  constructor(
    private readonly redis: RedisClient,
    connection: NonNullable<RedisClient['connection']>,
    private readonly own: ProcessCounter,
  ) {
    super();
    this.shared = new RateLimiterRedis({
      storeClient: connection,
      keyPrefix: KEY_PREFIX,
      duration: WINDOW_SECONDS,
      // It only counts. RateLimiter compares with the limit, for both counters.
      points: Number.MAX_SAFE_INTEGER,
    });
  }

  async count(key: string, limit: number): Promise<Count> {
    // A caller over the limit stays over it until the window ends: a flood does not reach Redis.
    if (this.own.known(key) > limit) return this.own.count(key);
    const shared = await this.redis.ask(() => this.shared.consume(key), 'EVALSHA');
    if (shared === undefined) return this.own.count(key);
    // Kept, so that counts continue when Redis is lost.
    return this.own.learn(key, { requests: shared.consumedPoints, endsInMs: shared.msBeforeNext });
  }
}
