import { type ConfigurableModuleAsyncOptions, type DynamicModule, Module } from '@nestjs/common';

import { AgentDispatchClient, EgressClient, IngressClient, RoomServiceClient, SipClient } from './clients.js';
import { KeyRing } from './key-ring.service.js';
import { KeyRingWatcher } from './key-ring.watcher.js';
import { LiveKitClientFactory } from './livekit-client.factory.js';
import { LiveKitTokenService } from './livekit-token.service.js';
import { LiveKitHealth } from './livekit.health.js';
import { ConfigurableModuleClass, LIVEKIT_OPTIONS } from './livekit.module-definition.js';
import type { LiveKitOptions } from './livekit.options.js';

const CLIENTS = [RoomServiceClient, EgressClient, IngressClient, SipClient, AgentDispatchClient];

/**
 * The key pairs of LiveKit, the signer of tokens, and the SDK's clients of the server API: `KeyRing`, `LiveKitTokenService`,
 * `RoomServiceClient`, `EgressClient`, `IngressClient`, `SipClient` and `AgentDispatchClient`. `forRoot()` or `forRootAsync()` is called
 * once; the providers are available in all modules then, and `imports: [LiveKitModule]` is allowed and adds nothing.
 *
 * The start fails with an `Error` if there is no key pair, or if an address is no URL.
 *
 * @example
 * LiveKitModule.forRootAsync({
 *   inject: [ConfigService],
 *   useFactory: (config: ConfigService) => ({
 *     url: config.getOrThrow('LIVEKIT_URL'),
 *     keys: [{ key: config.getOrThrow('LIVEKIT_API_KEY'), secret: config.getOrThrow('LIVEKIT_API_SECRET') }],
 *   }),
 * })
 */
@Module({})
export class LiveKitModule {
  static forRoot(options: LiveKitOptions): DynamicModule {
    return withProviders(ConfigurableModuleClass.forRoot(options));
  }

  static forRootAsync(options: ConfigurableModuleAsyncOptions<LiveKitOptions>): DynamicModule {
    return withProviders(ConfigurableModuleClass.forRootAsync(options));
  }
}

function withProviders(definition: DynamicModule): DynamicModule {
  return {
    ...definition,
    module: LiveKitModule,
    global: true,
    providers: [
      ...(definition.providers ?? []),
      KeyRing,
      KeyRingWatcher,
      LiveKitClientFactory,
      LiveKitTokenService,
      LiveKitHealth,
      ...CLIENTS.map((Sdk) => ({
        provide: Sdk,
        useFactory: (factory: LiveKitClientFactory) => factory.create<object>(Sdk),
        inject: [LiveKitClientFactory],
      })),
    ],
    exports: [LIVEKIT_OPTIONS, KeyRing, LiveKitTokenService, ...CLIENTS],
  };
}
