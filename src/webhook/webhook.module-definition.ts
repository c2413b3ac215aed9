import { ConfigurableModuleBuilder } from '@nestjs/common';

import type { WebhookOptions, WebhookRouteOptions } from './webhook.options.js';

/** Their names: the builder takes them out of the options. */
const ROUTE_OPTIONS: Record<keyof WebhookRouteOptions, undefined> = {
  path: undefined,
  version: undefined,
  decorators: undefined,
};

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: WEBHOOK_OPTIONS } =
  new ConfigurableModuleBuilder<WebhookOptions>({ moduleName: 'Webhook' })
    .setExtras<WebhookRouteOptions>(ROUTE_OPTIONS)
    .build();
