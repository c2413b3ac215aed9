export { isPerson } from '../webhook/is-person.js';
export {
  isLiveKitEvent,
  isLiveKitEventName,
  type LiveKitEvent,
  type LiveKitEventName,
} from '../webhook/livekit-event.js';
export { type ListenerOptions, OnLiveKitEvent } from '../webhook/on-livekit-event.decorator.js';
export {
  type EventFacts,
  type ListenerFailedEvent,
  OnListenerFailed,
  OnWebhookOutcome,
  type WebhookOutcomeEvent,
} from '../webhook/webhook-events.js';
export { WebhookModule } from '../webhook/webhook.module.js';
export { type Claim, DeliveryStore } from '../webhook/delivery.store.js';
export type { WebhookOptions, WebhookRouteOptions } from '../webhook/webhook.options.js';
export { rawWebhookBody } from '../webhook/raw-webhook-body.js';
