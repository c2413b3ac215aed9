import { Module } from '@nestjs/common';

import { WebhookController } from './webhook.controller.js';
import { WebhookFormat } from './webhook.format.js';
import { WebhookLog } from './webhook.log.js';

/** The webhook route of the service, whose body a middleware of the service reads, and its log. */
@Module({ controllers: [WebhookController], providers: [WebhookFormat, WebhookLog] })
export class WebhookRoutesModule {}
