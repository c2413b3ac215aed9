import { Body, Controller, Headers, HttpCode, Post } from '@nestjs/common';

import { Public } from '../auth/public.decorator.js';
import { Section } from '../openapi/documented.decorator.js';

import { WEBHOOK_PATH } from './webhook-body.middleware.js';
import { WebhookReference } from './webhook.documentation.js';
import { WebhookService } from './webhook.service.js';

@Public()
@Section('LiveKit')
@Controller(WEBHOOK_PATH)
export class WebhookController {
  constructor(private readonly webhooks: WebhookService) {}

  @Post()
  @HttpCode(200)
  @WebhookReference()
  receive(
    @Headers('authorization') authorization: string | undefined,
    @Body() body: Buffer | undefined,
  ): Promise<void> {
    return this.webhooks.receive(authorization, body ?? Buffer.alloc(0));
  }
}
