import { Catch } from '@nestjs/common';

import { type ErrorFormat, ErrorFormatRegistry } from '../errors/error-format.registry.js';
import { ErrorTexts } from '../errors/error-texts.service.js';
import { ProblemFilter } from '../errors/problem.filter.js';

import { WebhookService } from './webhook.service.js';

/** Writes the errors of the webhook route in a host application as problem+json, and reports them as outcomes. */
@Catch()
export class HostWebhookFilter extends ProblemFilter {
  constructor(
    formats: ErrorFormatRegistry,
    texts: ErrorTexts,
    private readonly webhooks: WebhookService,
  ) {
    super(formats, texts);
  }

  protected override formatOf(): Omit<ErrorFormat, 'path'> {
    return { onError: (problem) => this.webhooks.refused(problem) };
  }
}
