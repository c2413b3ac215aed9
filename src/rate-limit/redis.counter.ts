/** Counts in Redis, together with all other instances; while Redis does not answer, in this process from there on. */
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
      // It only counts: what is too much is decided in one place, whichever counter it comes from.
      points: Number.MAX_SAFE_INTEGER,
    });
  }

  async count(key: string, limit: number): Promise<Count> {
    // Who is over the limit stays so until the window ends: a flood need not reach Redis to be refused.
    if (this.own.known(key) > limit) return this.own.count(key);
    const answer = await this.redis.ask(() => this.shared.consume(key));
    if (answer === undefined) return this.own.count(key);
    // Kept, so that nobody starts anew in the moment when Redis is lost.
    return this.own.learn(key, { requests: answer.consumedPoints, endsInMs: answer.msBeforeNext });
  }
}
