import { type ConfigurableModuleAsyncOptions, type DynamicModule, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';

import { EVENT_EMITTER } from '../events/events.module.js';
import { normalPath } from '../server/host-route.js';
import { HostRoutesModule } from '../server/host-routes.module.js';

import { DeliveryStore } from './delivery.store.js';
import { hostWebhookRoute } from './host-webhook.route.js';
import { LiveKitListeners } from './livekit-listeners.service.js';
import { LocalDeliveryStore } from './local-delivery.store.js';
import { WebhookDeliveries } from './webhook-deliveries.service.js';
import { ConfigurableModuleClass, WEBHOOK_OPTIONS } from './webhook.module-definition.js';
import type { WebhookOptions, WebhookRouteOptions } from './webhook.options.js';
import { WebhookService } from './webhook.service.js';
import { WebhookVerifier } from './webhook.verifier.js';

/**
 * LiveKit's webhooks for another application, and `@OnLiveKitEvent()` for its providers and controllers. Needs `LiveKitModule.forRoot()`.
 * `register()` or `registerAsync()` is called once. Errors are problem+json (RFC 9457) by a filter of the route; the outcome of each webhook
 * is an event for `@OnWebhookOutcome()`.
 *
 * The signature is over the bytes of the body. Nest's body parser leaves them to the route, since their type is
 * `application/webhook+json`. Behind another parser, create the application with `rawBody: true`, or use {@link rawWebhookBody}: a webhook
 * gets 500 WEBHOOK_BODY_PARSED else.
 *
 * @example
 * WebhookModule.register({ path: 'hooks/livekit', decorators: [Public()] })
 */
@Module({})
export class WebhookModule {
  static register(options: WebhookOptions & WebhookRouteOptions): DynamicModule {
    return withProviders(ConfigurableModuleClass.register(options), options);
  }

  static registerAsync(options: ConfigurableModuleAsyncOptions<WebhookOptions> & WebhookRouteOptions): DynamicModule {
    return withProviders(ConfigurableModuleClass.registerAsync(options), options);
  }
}

function withProviders(definition: DynamicModule, { path, ...route }: WebhookRouteOptions): DynamicModule {
  const routes =
    path === undefined ? [] : [HostRoutesModule.of([hostWebhookRoute({ ...route, path: normalPath(path) })])];
  return {
    ...definition,
    module: WebhookModule,
    global: true,
    imports: [...(definition.imports ?? []), DiscoveryModule, EVENT_EMITTER, ...routes],
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
