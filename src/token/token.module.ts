import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';

import { AccessModule } from '../access/access.module.js';
import { LiveKitModule } from '../livekit/livekit.module.js';
import { ParticipantTracesModule } from '../webhook/participant-traces.module.js';

import { AuditLog } from './audit.log.js';
import { AdmissionService } from './admission.service.js';
import { LiveKitTokenService } from './livekit-token.service.js';
import { OpenViduFormat } from './openvidu.format.js';
import { ServerUrl } from './server-url.service.js';
import { TokenSourceController } from './token-source.controller.js';
import { TokenController } from './token.controller.js';
import { TokenRoutes } from './token-routes.service.js';

@Module({
  imports: [DiscoveryModule, LiveKitModule, AccessModule, ParticipantTracesModule],
  controllers: [TokenController, TokenSourceController],
  providers: [LiveKitTokenService, AdmissionService, TokenRoutes, OpenViduFormat, ServerUrl, AuditLog],
  exports: [AdmissionService, LiveKitTokenService],
})
export class TokenModule {}
