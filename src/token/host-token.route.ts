import { type Type, UseFilters, UseGuards } from '@nestjs/common';

import { type HostRoute, hostController } from '../server/host-route.js';
import { BodyGuard } from '../validation/body.guard.js';

import { HostCallerGuard } from './host-caller.guard.js';
import { HostTokenController } from './host-token.controller.js';
import { HostTokenFilter } from './host-token.filter.js';

/** Another class at each call: path and decorators belong to the class, and a process may have several applications. */
export function hostTokenRoute(route: HostRoute): Type<HostTokenController> {
  class LiveKitTokenController extends HostTokenController {}
  const guards = UseGuards(HostCallerGuard, BodyGuard);
  hostController(route, guards, UseFilters(HostTokenFilter))(LiveKitTokenController);
  return LiveKitTokenController;
}
