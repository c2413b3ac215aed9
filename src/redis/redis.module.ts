/** What instances of this service share with each other. */
import { Module } from '@nestjs/common';

import { RedisClient } from './redis.client.js';
import { RedisHealth } from './redis.health.js';

@Module({ providers: [RedisClient, RedisHealth], exports: [RedisClient] })
export class RedisModule {}
