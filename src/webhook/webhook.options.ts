import type { ControllerOptions } from '@nestjs/common';

import type { DeliveryStore } from './delivery.store.js';

/** Options of `WebhookModule.register()`. Those of `registerAsync()` may return them later. */
export interface WebhookOptions {
  /**
   * Clock skew that is allowed on signatures, in seconds, from 0 to 300.
   *
   * @default 60
   */
  readonly tolerance?: number | undefined;
  /**
   * Remembers which events were handled. Share one if the application runs as several processes.
   *
   * @default the memory of the process: 10,000 events, each for 70 minutes
   */
  readonly store?: DeliveryStore | undefined;
}

/** The route of `WebhookModule` in a host application. Known when the module is registered. */
export interface WebhookRouteOptions {
  /**
   * Path of `POST` for LiveKit's webhooks, below the global prefix of the application.
   *
   * @default no route
   */
  readonly path?: string | undefined;
  /** As in `@Controller()`. */
  readonly version?: ControllerOptions['version'];
  /**
   * Decorators of the application for the controller, such as the one that opens a route to its global guard: LiveKit signs its
   * webhooks, and has no other credential.
   *
   * @default none
   */
  readonly decorators?: readonly ClassDecorator[] | undefined;
}
