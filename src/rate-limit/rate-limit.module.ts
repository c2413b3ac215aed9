/** Limits how often routes marked `@RateLimited()` may be called. app.module.ts lists the guards in their order. */
import { Module } from '@nestjs/common';

import { RedisClient } from '../redis/redis.client.js';
import { RedisModule } from '../redis/redis.module.js';

import { ProcessCounter } from './process.counter.js';
import { RateLimiter } from './rate-limiter.service.js';
import { RequestCounters } from './request.counters.js';

async function countersWith(redis: RedisClient): Promise<RequestCounters> {
  const { connection } = redis;
  const own = { address: new ProcessCounter(), caller: new ProcessCounter() };
  if (connection === undefined) return own;
  // Loaded on first use: the library loads every store that it supports.
  const { RedisCounter } = await import('./redis.counter.js');
  return {
    address: new RedisCounter(redis, connection, own.address),
    caller: new RedisCounter(redis, connection, own.caller),
  };
}

@Module({
  imports: [RedisModule],
  providers: [RateLimiter, { provide: RequestCounters, inject: [RedisClient], useFactory: countersWith }],
  exports: [RateLimiter],
})
export class RateLimitModule {}
