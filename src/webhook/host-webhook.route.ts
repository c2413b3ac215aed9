import { type Type, UseFilters } from '@nestjs/common';

import { type HostRoute, hostController } from '../server/host-route.js';

import { HostWebhookController } from './host-webhook.controller.js';
import { HostWebhookFilter } from './host-webhook.filter.js';

/** Another class at each call: path and decorators belong to the class, and a process may have several applications. */
export function hostWebhookRoute(route: HostRoute): Type<HostWebhookController> {
  class LiveKitWebhookController extends HostWebhookController {}
  hostController(route, UseFilters(HostWebhookFilter))(LiveKitWebhookController);
  return LiveKitWebhookController;
}
