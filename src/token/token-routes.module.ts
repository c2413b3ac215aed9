import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';

import { AuditLog } from './audit.log.js';
import { OpenViduFormat } from './openvidu.format.js';
import { ServerUrl } from './server-url.service.js';
import { TokenRoutes } from './token-routes.service.js';
import { TokenSourceController } from './token-source.controller.js';
import { TokenController } from './token.controller.js';

/** The token routes of the service, with what its guards, pipe and filter have prepared, and the audit log. */
@Module({
  imports: [DiscoveryModule],
  controllers: [TokenController, TokenSourceController],
  providers: [TokenRoutes, OpenViduFormat, ServerUrl, AuditLog],
})
export class TokenRoutesModule {}
