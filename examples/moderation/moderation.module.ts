/** A host lists a room's participants and removes one, who gets no new token for that room for a while. */
import { Module } from '@nestjs/common';

import { LiveKitModule } from '../../src/livekit/livekit.module.js';
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
