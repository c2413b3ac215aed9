import { Injectable } from '@nestjs/common';
import type { Request } from 'express';

import type { Problem } from '../errors/problem.js';
import { type ErrorFormat, ErrorFormatRegistry } from '../errors/error-format.registry.js';

import { WEBHOOK_PATH } from './webhook-body.middleware.js';
import { WebhookService } from './webhook.service.js';

@Injectable()
export class WebhookFormat implements ErrorFormat {
  readonly path = WEBHOOK_PATH;

  constructor(
    formats: ErrorFormatRegistry,
    private readonly webhooks: WebhookService,
  ) {
    formats.add(this);
  }

  onError(problem: Problem, request: Request): void {
    // Other methods and routes of a team below this path are no webhooks.
    const isExact = request.path.toLowerCase().replace(/\/$/, '') === this.path;
    if (isExact && request.method === 'POST') this.webhooks.refused(problem);
  }
}
