/** The product: tokens that let people into rooms. */
import { Module } from '@nestjs/common';

import { PolicyModule } from '../policy/policy.module.js';

import { DecisionLog } from './decision.log.js';
import { JoinService } from './join.service.js';
import { LiveKitTokenService } from './livekit-token.service.js';
import { OpenViduContract } from './openvidu.contract.js';
import { TokenController } from './token.controller.js';

@Module({
  imports: [PolicyModule],
  controllers: [TokenController],
  providers: [LiveKitTokenService, JoinService, OpenViduContract, DecisionLog],
  exports: [LiveKitTokenService],
})
export class TokenModule {}
