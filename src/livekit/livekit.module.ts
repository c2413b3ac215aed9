/** What connects us to LiveKit: its server API, and the watch over the key file. */
import { Module } from '@nestjs/common';
import { AgentDispatchClient, EgressClient, IngressClient, RoomServiceClient, SipClient } from 'livekit-server-sdk';

import { KeyRingWatcher } from './key-ring.watcher.js';
import { LiveKitClientFactory } from './livekit-client.factory.js';
import { LiveKitHealth } from './livekit.health.js';

const CLIENTS = [RoomServiceClient, EgressClient, IngressClient, SipClient, AgentDispatchClient];

@Module({
  providers: [
    KeyRingWatcher,
    LiveKitClientFactory,
    LiveKitHealth,
    ...CLIENTS.map((Sdk) => ({
      provide: Sdk,
      useFactory: (factory: LiveKitClientFactory) => factory.create<object>(Sdk),
      inject: [LiveKitClientFactory],
    })),
  ],
  exports: CLIENTS,
})
export class LiveKitModule {}
