/** Reports whether Redis is available, if REDIS_URL is set. */
import { Injectable } from '@nestjs/common';

import { Dependency, type HealthCheck } from '../health/dependency.decorator.js';

import { RedisClient } from './redis.client.js';

@Injectable()
@Dependency('redis')
export class RedisHealth implements HealthCheck {
  constructor(private readonly redis: RedisClient) {}

  get configured(): boolean {
    return this.redis.connection !== undefined;
  }

  async check(): Promise<void> {
    const answer = await this.redis.ask((connection) => connection.ping(), 'PING');
    if (answer === undefined) throw new Error('Redis is unavailable.');
  }
}
