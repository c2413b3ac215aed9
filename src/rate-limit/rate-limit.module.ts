/** Limits how often routes marked `@RateLimited()` may be called. app.module.ts lists the guards in their order. */
import { Module } from '@nestjs/common';

import { RedisClient } from '../redis/redis.client.js';
import { RedisModule } from '../redis/redis.module.js';

import { ProcessCounter } from './process.counter.js';
import { RateLimiter } from './rate-limiter.service.js';
import { RequestCounter } from './request.counter.js';

async function counterWith(redis: RedisClient): Promise<RequestCounter> {
  const own = new ProcessCounter();
  if (redis.connection === undefined) return own;
  // Loaded on first use: the library loads every store that it supports.
  const { RedisCounter } = await import('./redis.counter.js');
  return new RedisCounter(redis, redis.connection, own);
}

@Module({
  imports: [RedisModule],
  providers: [RateLimiter, { provide: RequestCounter, inject: [RedisClient], useFactory: counterWith }],
  exports: [RateLimiter],
})
export class RateLimitModule {}
