/** What LiveKit tells us: verified, remembered, and handed to listeners. */
import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';

import { RedisClient } from '../redis/redis.client.js';
import { RedisModule } from '../redis/redis.module.js';

import { DeliveryMemory } from './delivery.memory.js';
import { LiveKitListeners } from './livekit-listeners.service.js';
import { LocalDeliveryMemory } from './local-delivery.memory.js';
import { RedisDeliveryMemory } from './redis-delivery.memory.js';
import { WebhookDeliveries } from './webhook-deliveries.service.js';
import { WebhookContract } from './webhook.contract.js';
import { WebhookController } from './webhook.controller.js';
import { WebhookLog } from './webhook.log.js';
import { WebhookService } from './webhook.service.js';
import { WebhookVerifier } from './webhook.verifier.js';

function memoryWith(redis: RedisClient): DeliveryMemory {
  const own = new LocalDeliveryMemory();
  return redis.connection === undefined ? own : new RedisDeliveryMemory(redis, own);
}

@Module({
  imports: [DiscoveryModule, RedisModule],
  controllers: [WebhookController],
  providers: [
    WebhookVerifier,
    LiveKitListeners,
    { provide: DeliveryMemory, inject: [RedisClient], useFactory: memoryWith },
    WebhookDeliveries,
    WebhookService,
    WebhookContract,
    WebhookLog,
  ],
})
export class WebhookModule {}
