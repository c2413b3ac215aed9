import { Catch } from '@nestjs/common';

import { ErrorTexts } from '../errors/error-texts.service.js';
import { onlyFormat } from '../errors/only-format.js';
import { ProblemFilter } from '../errors/problem.filter.js';

import { WebhookService } from './webhook.service.js';

/** Writes the errors of the webhook route in a host application as problem+json, and reports them as outcomes. */
@Catch()
export class HostWebhookFilter extends ProblemFilter {
  constructor(texts: ErrorTexts, webhooks: WebhookService) {
    super(onlyFormat({ onError: (problem) => webhooks.refused(problem) }), texts);
  }
}
