import type { ConfigService } from '@nestjs/config';

import type { Environment } from '../config/environment.js';
import type { RedisClient } from '../redis/redis.client.js';

import { LocalDeliveryStore } from './local-delivery.store.js';
import { RedisDeliveryStore } from './redis-delivery.store.js';
import type { WebhookOptions } from './webhook.options.js';

/** The options of the service: those of its variables. */
export function webhookOptions(config: ConfigService<Environment, true>, redis: RedisClient): WebhookOptions {
  return {
    tolerance: config.get('WEBHOOK_TOLERANCE', { infer: true }),
    ...(redis.connection !== undefined && { store: new RedisDeliveryStore(redis, new LocalDeliveryStore()) }),
  };
}
