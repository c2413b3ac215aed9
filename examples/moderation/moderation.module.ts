/** Hosts list the participants of a room and remove some. A removed participant gets no new token for the room for 15 minutes. */
import { Module } from '@nestjs/common';
import { LiveKitModule } from 'livekit-token-service/livekit';

import { HostsModule } from '../hosts/hosts.module.js';

import { ModerationController } from './moderation.controller.js';
import { ModerationService } from './moderation.service.js';
import { RejoinListener } from './rejoin.listener.js';
import { RemovalsPolicy } from './removals.policy.js';
import { Removals } from './removals.service.js';

@Module({
  imports: [HostsModule, LiveKitModule],
  controllers: [ModerationController],
  providers: [ModerationService, Removals, RemovalsPolicy, RejoinListener],
})
export class ModerationModule {}
