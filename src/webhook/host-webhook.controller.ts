import { HttpCode, Injectable, Post, type RawBodyRequest, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';

import { signedBytes } from './signed-bytes.js';
import { WebhookService } from './webhook.service.js';
import { WebhookVerifier } from './webhook.verifier.js';

/**
 * The webhook route in a host application. Takes the request and the response as they are: global pipes and interceptors of the host do not
 * see bytes or change the response. The controller is a subclass, which has the path.
 */
@Injectable()
export class HostWebhookController {
  constructor(
    private readonly verifier: WebhookVerifier,
    private readonly webhooks: WebhookService,
  ) {}

  @Post()
  @HttpCode(200)
  async receive(@Req() request: RawBodyRequest<Request>, @Res() response: Response): Promise<void> {
    const { authorization } = request.headers;
    // Only senders with a valid signature may make the process buffer 8 MB.
    await this.verifier.signedHash(authorization);
    await this.webhooks.receive(authorization, await signedBytes(request, response));
    response.end();
  }
}
