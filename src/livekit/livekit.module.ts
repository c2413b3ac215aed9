import { Module } from '@nestjs/common';
import { AgentDispatchClient, EgressClient, IngressClient, RoomServiceClient, SipClient } from 'livekit-server-sdk';

import { KeyRing } from './key-ring.service.js';
import { KeyRingWatcher } from './key-ring.watcher.js';
import { LiveKitClientFactory } from './livekit-client.factory.js';
import { LiveKitHealth } from './livekit.health.js';

const CLIENTS = [RoomServiceClient, EgressClient, IngressClient, SipClient, AgentDispatchClient];

/** The key pairs of LiveKit and the SDK's clients of its server API. */
@Module({
  providers: [
    KeyRing,
    KeyRingWatcher,
    LiveKitClientFactory,
    LiveKitHealth,
    ...CLIENTS.map((Sdk) => ({
      provide: Sdk,
      useFactory: (factory: LiveKitClientFactory) => factory.create<object>(Sdk),
      inject: [LiveKitClientFactory],
    })),
  ],
  exports: [KeyRing, ...CLIENTS],
})
export class LiveKitModule {}
