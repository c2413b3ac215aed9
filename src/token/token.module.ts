/** The product: tokens that let people into rooms. */
import { Module } from '@nestjs/common';

import { PolicyModule } from '../policy/policy.module.js';

import { DecisionLog } from './decision.log.js';
import { JoinService } from './join.service.js';
import { LiveKitTokenService } from './livekit-token.service.js';
import { OpenViduContract } from './openvidu.contract.js';
import { TokenSourceContract } from './token-source.contract.js';
import { TokenSourceController } from './token-source.controller.js';
import { TokenController } from './token.controller.js';

@Module({
  imports: [PolicyModule],
  controllers: [TokenController, TokenSourceController],
  providers: [LiveKitTokenService, JoinService, OpenViduContract, TokenSourceContract, DecisionLog],
  exports: [LiveKitTokenService],
})
export class TokenModule {}
