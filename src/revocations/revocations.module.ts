import { Module } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';

import type { Environment } from '../config/environment.js';
import { RedisClient } from '../redis/redis.client.js';
import { RedisModule } from '../redis/redis.module.js';

import { LocalRevocationLog } from './local-revocation.log.js';
import { RedisRevocationLog } from './redis-revocation.log.js';
import { RevocationLog } from './revocation.log.js';

function logFor(config: ConfigService<Environment, true>, redis: RedisClient): RevocationLog {
  // With OpenID Connect, a logout refuses access tokens although participants stay.
  const isUsed =
    config.get('ACCESS_ENFORCEMENT', { infer: true }) || config.get('AUTH_MODE', { infer: true }) === 'oidc';
  return isUsed && redis.connection !== undefined ? new RedisRevocationLog(redis) : new LocalRevocationLog();
}

@Module({
  imports: [RedisModule],
  providers: [{ provide: RevocationLog, inject: [ConfigService, RedisClient], useFactory: logFor }],
  exports: [RevocationLog],
})
export class RevocationsModule {}
