/** What became of each webhook, as events that logs and metrics listen to. */
import { OnEvent } from '@nestjs/event-emitter';

import type { LiveKitEventName } from './livekit-event.js';

/** What is known of an event of LiveKit, to tell it apart by. */
export interface EventFacts {
  /** LiveKit's name for it, which need not be one that we know. */
  readonly event: string;
  readonly id: string;
  /** The name of the room that it is about, if it says so. */
  readonly room?: string | undefined;
}

/** A webhook was answered. Nothing is known of the event where the signature or the body was refused. */
export interface WebhookOutcomeEvent extends Partial<EventFacts> {
  /** `rejected`: not taken for LiveKit's. `failed`: LiveKit has to send it again. */
  readonly outcome: 'accepted' | 'duplicate' | 'rejected' | 'failed';
  /** Of what was rejected or failed. */
  readonly code?: string;
  readonly detail?: string;
  /** The sender's address, as TRUST_PROXY lets us see it. */
  readonly address: string;
}

/** A listener threw. */
export interface ListenerFailedEvent {
  /** Its class and method. */
  readonly listener: string;
  readonly event: LiveKitEventName;
  readonly mustSucceed: boolean;
}

export const WEBHOOK_RECEIVED = 'webhook.received';
export const LISTENER_FAILED = 'webhook.listener.failed';

type ListenerOf<Event> = <Method extends (event: Event) => unknown>(
  target: object,
  name: string | symbol,
  descriptor: TypedPropertyDescriptor<Method>,
) => void;

/** Calls the method for every webhook, whatever became of it; what it throws is logged and changes nothing. */
export const OnWebhookOutcome = (): ListenerOf<WebhookOutcomeEvent> => OnEvent(WEBHOOK_RECEIVED);

/** Calls the method for every failure of a method marked `@OnLiveKitEvent()`; what it throws is logged and changes nothing. */
export const OnListenerFailed = (): ListenerOf<ListenerFailedEvent> => OnEvent(LISTENER_FAILED);
