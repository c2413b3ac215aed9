/** State that the instances of the service share. */
import { Module } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';

import type { Environment } from '../config/environment.js';

import { RedisClient } from './redis.client.js';
import { RedisHealth } from './redis.health.js';

async function clientFor(config: ConfigService<Environment, true>): Promise<RedisClient> {
  const url = config.get('REDIS_URL', { infer: true });
  if (url === undefined) return new RedisClient(undefined);
  // Loaded on demand: the library takes time and memory that a service without Redis does not need.
  const { connectionTo } = await import('./redis.connection.js');
  return new RedisClient(connectionTo(url));
}

@Module({
  providers: [{ provide: RedisClient, inject: [ConfigService], useFactory: clientFor }, RedisHealth],
  exports: [RedisClient],
})
export class RedisModule {}
