import { Injectable } from '@nestjs/common';

import { isLiveKitEventName } from '../webhook/livekit-event.js';
import {
  type ListenerFailedEvent,
  OnListenerFailed,
  OnWebhookOutcome,
  type WebhookOutcomeEvent,
} from '../webhook/webhook-events.js';

import { type Counter, MetricsRegistry } from './metrics.registry.js';

@Injectable()
export class WebhookMetrics {
  private readonly events: Counter<'event' | 'outcome'>;
  private readonly failures: Counter<'event' | 'listener'>;

  constructor(metrics: MetricsRegistry) {
    this.events = metrics.counter({
      name: 'livekit_webhook_events_total',
      help: 'Webhooks by event and outcome: accepted, duplicate, rejected, failed',
      labels: ['event', 'outcome'],
    });
    this.failures = metrics.counter({
      name: 'livekit_webhook_listener_failures_total',
      help: 'Calls of a listener that threw, by event and by the class and method of the listener',
      labels: ['event', 'listener'],
    });
  }

  @OnWebhookOutcome()
  count({ event, outcome }: WebhookOutcomeEvent): void {
    this.events.inc({ event: labelOf(event), outcome });
  }

  @OnListenerFailed()
  failed({ event, listener }: ListenerFailedEvent): void {
    this.failures.inc({ event: labelOf(event), listener });
  }
}

/** Rejected webhooks have no event, and LiveKit may send events that the SDK does not name. */
const labelOf = (event: string | undefined): string =>
  event !== undefined && isLiveKitEventName(event) ? event : 'unknown';
