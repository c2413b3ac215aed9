/** How often the marked routes may be called; the guards themselves are listed in app.module.ts, in their order. */
import { Module } from '@nestjs/common';

import { RedisClient } from '../redis/redis.client.js';
import { RedisModule } from '../redis/redis.module.js';

import { ProcessCounter } from './process.counter.js';
import { RateLimiter } from './rate-limiter.service.js';
import { RedisCounter } from './redis.counter.js';
import { RequestCounter } from './request.counter.js';

function counterWith(redis: RedisClient): RequestCounter {
  const own = new ProcessCounter();
  return redis.connection === undefined ? own : new RedisCounter(redis, redis.connection, own);
}

@Module({
  imports: [RedisModule],
  providers: [RateLimiter, { provide: RequestCounter, inject: [RedisClient], useFactory: counterWith }],
  exports: [RateLimiter],
})
export class RateLimitModule {}
