import { type ConfigurableModuleAsyncOptions, type DynamicModule, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';

import { EVENT_EMITTER } from '../events/events.module.js';

import { DeliveryStore } from './delivery.store.js';
import { LiveKitListeners } from './livekit-listeners.service.js';
import { LocalDeliveryStore } from './local-delivery.store.js';
import { WebhookDeliveries } from './webhook-deliveries.service.js';
import { ConfigurableModuleClass, WEBHOOK_OPTIONS } from './webhook.module-definition.js';
import type { WebhookOptions, WebhookRouteOptions } from './webhook.options.js';
import { WebhookService } from './webhook.service.js';
import { WebhookVerifier } from './webhook.verifier.js';

@Module({})
export class WebhookModule {
  static register(options: WebhookOptions & WebhookRouteOptions): DynamicModule {
    return withProviders(ConfigurableModuleClass.register(options));
  }

  static registerAsync(options: ConfigurableModuleAsyncOptions<WebhookOptions> & WebhookRouteOptions): DynamicModule {
    return withProviders(ConfigurableModuleClass.registerAsync(options));
  }
}

function withProviders(definition: DynamicModule): DynamicModule {
  return {
    ...definition,
    module: WebhookModule,
    global: true,
    imports: [...(definition.imports ?? []), DiscoveryModule, EVENT_EMITTER],
    providers: [
      ...(definition.providers ?? []),
      WebhookVerifier,
      LiveKitListeners,
      {
        provide: DeliveryStore,
        inject: [WEBHOOK_OPTIONS],
        useFactory: ({ store }: WebhookOptions) => store ?? new LocalDeliveryStore(),
      },
      WebhookDeliveries,
      WebhookService,
    ],
    exports: [WEBHOOK_OPTIONS, WebhookVerifier, WebhookService],
  };
}
