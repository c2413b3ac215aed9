import { type MiddlewareConsumer, Module, type NestModule, RequestMethod } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import type { NextFunction, Request, Response } from 'express';

import { AuthModule } from '../auth/auth.module.js';
import type { Environment } from '../config/environment.js';
import { ProblemException } from '../errors/problem.exception.js';
import { LiveKitModule } from '../livekit/livekit.module.js';
import { PolicyModule } from '../policy/policy.module.js';
import { RevocationsModule } from '../revocations/revocations.module.js';

import { AccessModule } from './access.module.js';
import { BACKCHANNEL_LOGOUT_PATH } from './access.routes.js';
import { BackchannelLogoutController } from './backchannel-logout.controller.js';
import { BackchannelLogoutFormat } from './backchannel-logout.format.js';
import { BackchannelLogoutService } from './backchannel-logout.service.js';
import { GateController } from './gate.controller.js';
import { GateFormat } from './gate.format.js';
import { GateService } from './gate.service.js';
import { JoinTokenVerifier } from './join-token.verifier.js';
import { LogoutBody } from './logout-body.middleware.js';
import { RoomAccessController } from './room-access.controller.js';
import { RoomModeration } from './room-moderation.service.js';

/** The routes `/access/...`, as far as the settings have them. */
@Module({
  imports: [AccessModule, AuthModule, LiveKitModule, PolicyModule, RevocationsModule],
  controllers: [BackchannelLogoutController, RoomAccessController, GateController],
  providers: [
    BackchannelLogoutFormat,
    BackchannelLogoutService,
    RoomModeration,
    GateService,
    GateFormat,
    JoinTokenVerifier,
  ],
})
export class AccessRoutesModule implements NestModule {
  constructor(private readonly config: ConfigService<Environment, true>) {}

  configure(consumer: MiddlewareConsumer): void {
    const mode = this.config.get('AUTH_MODE', { infer: true });
    if (mode === 'oidc') {
      consumer.apply(LogoutBody).forRoutes({ path: BACKCHANNEL_LOGOUT_PATH, method: RequestMethod.POST });
    } else {
      consumer.apply(absent).forRoutes(BackchannelLogoutController);
    }
    const enforced = this.config.get('ACCESS_ENFORCEMENT', { infer: true });
    if (mode === 'none' || !enforced) consumer.apply(absent).forRoutes(RoomAccessController);
    if (!enforced) consumer.apply(absent).forRoutes(GateController);
  }
}

/** Responds as for a path that no route has, before any guard. */
function absent(_request: Request, _response: Response, next: NextFunction): void {
  next(new ProblemException('NOT_FOUND'));
}
