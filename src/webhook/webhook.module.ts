import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';

import { LiveKitModule } from '../livekit/livekit.module.js';
import { RedisClient } from '../redis/redis.client.js';
import { RedisModule } from '../redis/redis.module.js';

import { DeliveryStore } from './delivery.store.js';
import { LiveKitListeners } from './livekit-listeners.service.js';
import { LocalDeliveryStore } from './local-delivery.store.js';
import { ParticipantTracesModule } from './participant-traces.module.js';
import { RedisDeliveryStore } from './redis-delivery.store.js';
import { WebhookDeliveries } from './webhook-deliveries.service.js';
import { WebhookFormat } from './webhook.format.js';
import { WebhookController } from './webhook.controller.js';
import { WebhookLog } from './webhook.log.js';
import { WebhookService } from './webhook.service.js';
import { WebhookVerifier } from './webhook.verifier.js';

function memoryWith(redis: RedisClient): DeliveryStore {
  const own = new LocalDeliveryStore();
  return redis.connection === undefined ? own : new RedisDeliveryStore(redis, own);
}

@Module({
  imports: [DiscoveryModule, LiveKitModule, RedisModule, ParticipantTracesModule],
  controllers: [WebhookController],
  providers: [
    WebhookVerifier,
    LiveKitListeners,
    { provide: DeliveryStore, inject: [RedisClient], useFactory: memoryWith },
    WebhookDeliveries,
    WebhookService,
    WebhookFormat,
    WebhookLog,
  ],
  exports: [WebhookVerifier],
})
export class WebhookModule {}
