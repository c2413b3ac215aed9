/** The product: tokens that let people into rooms. */
import { Module } from '@nestjs/common';

import { LiveKitModule } from '../livekit/livekit.module.js';
import { PolicyModule } from '../policy/policy.module.js';

import { AuditLog } from './audit.log.js';
import { AdmissionService } from './admission.service.js';
import { LiveKitTokenService } from './livekit-token.service.js';
import { OpenViduFormat } from './openvidu.format.js';
import { TokenSourceFormat } from './token-source.format.js';
import { TokenSourceController } from './token-source.controller.js';
import { TokenController } from './token.controller.js';

@Module({
  imports: [LiveKitModule, PolicyModule],
  controllers: [TokenController, TokenSourceController],
  providers: [LiveKitTokenService, AdmissionService, OpenViduFormat, TokenSourceFormat, AuditLog],
  exports: [LiveKitTokenService],
})
export class TokenModule {}
