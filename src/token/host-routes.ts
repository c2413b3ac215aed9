import type { DynamicModule, Type } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';

import { HostRoutesModule } from '../server/host-routes.module.js';

import { HostCallers } from './host-callers.service.js';
import { hostTokenSourceRoute } from './host-token-source.route.js';
import { hostTokenRoute } from './host-token.route.js';
import { HOST_TOKEN_ROUTES, hostTokenRoutes } from './host-token-routes.js';
import { OpenViduFormat } from './openvidu.format.js';
import { ServerUrl } from './server-url.service.js';
import type { TokenModuleRoutes } from './token.options.js';

/** The module of the token routes that a host application asks for; none without a path. */
export function hostRoutesFor(options: TokenModuleRoutes): DynamicModule[] {
  const routes = hostTokenRoutes(options);
  if (routes === undefined) return [];
  const { path, tokenSourcePath } = routes;
  const controllers: Type[] = [];
  if (path !== undefined) controllers.push(hostTokenRoute({ ...routes, path }));
  if (tokenSourcePath !== undefined) controllers.push(hostTokenSourceRoute({ ...routes, path: tokenSourcePath }));
  const providers = [{ provide: HOST_TOKEN_ROUTES, useValue: routes }, HostCallers, OpenViduFormat, ServerUrl];
  return [HostRoutesModule.of(controllers, { imports: [DiscoveryModule], providers })];
}
