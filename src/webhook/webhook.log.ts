/** Logs one line for each webhook. Of the body, only names and ids are logged. */
import { Injectable, Logger } from '@nestjs/common';

import { OnWebhookOutcome, type WebhookOutcomeEvent } from './webhook-events.js';

@Injectable()
export class WebhookLog {
  private readonly logger = new Logger('Webhook');

  @OnWebhookOutcome()
  received({ outcome, ...facts }: WebhookOutcomeEvent): void {
    if (outcome === 'accepted' || outcome === 'duplicate') this.logger.log(outcome, facts);
    else this.logger.warn(outcome, facts);
  }
}
