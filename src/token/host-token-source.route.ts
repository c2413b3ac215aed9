import { type Type, UseFilters, UseGuards } from '@nestjs/common';

import { type HostRoute, hostController } from '../server/host-route.js';
import { BodyGuard } from '../validation/body.guard.js';

import { HostCallerGuard } from './host-caller.guard.js';
import { HostTokenSourceController } from './host-token-source.controller.js';
import { HostTokenSourceFilter } from './host-token-source.filter.js';
import { ReservedKeysGuard } from './reserved-keys.guard.js';

/** Another class at each call: path and decorators belong to the class, and a process may have several applications. */
export function hostTokenSourceRoute(route: HostRoute): Type<HostTokenSourceController> {
  class LiveKitTokenSourceController extends HostTokenSourceController {}
  const guards = UseGuards(HostCallerGuard, BodyGuard, ReservedKeysGuard);
  hostController(route, guards, UseFilters(HostTokenSourceFilter))(LiveKitTokenSourceController);
  return LiveKitTokenSourceController;
}
