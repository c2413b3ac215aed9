import { OnEvent } from '@nestjs/event-emitter';

/** What identifies an event of LiveKit. */
export interface EventFacts {
  /** LiveKit's name of the event, also one that the SDK does not know. */
  readonly event: string;
  readonly id: string;
  /** The name of the room, if the event has one. */
  readonly room?: string | undefined;
}

/** The response to a webhook was sent. The members of the event are missing if the signature or the body was refused. */
export interface WebhookOutcomeEvent extends Partial<EventFacts> {
  /** `rejected`: no valid webhook (401, 400). `failed`: LiveKit has to send it again (503). */
  readonly outcome: 'accepted' | 'duplicate' | 'rejected' | 'failed';
  /** The error code of a `rejected` or `failed` webhook. */
  readonly code?: string;
  readonly detail?: string;
  /** The address of the sender, subject to TRUST_PROXY. */
  readonly address: string;
}

/** A method marked `@OnLiveKitEvent()` threw. */
export interface ListenerFailedEvent {
  /** `Class.method`. */
  readonly listener: string;
  /** LiveKit's name of the event; one that the SDK does not know, if the method listens to `*`. */
  readonly event: string;
  readonly mustSucceed: boolean;
}

export const WEBHOOK_RECEIVED = 'webhook.received';
export const LISTENER_FAILED = 'webhook.listener.failed';

type ListenerOf<Event> = <Method extends (event: Event) => unknown>(
  target: object,
  name: string | symbol,
  descriptor: TypedPropertyDescriptor<Method>,
) => void;

/** Calls the method after every webhook, whatever its outcome. Errors of the method are logged. */
export const OnWebhookOutcome = (): ListenerOf<WebhookOutcomeEvent> => OnEvent(WEBHOOK_RECEIVED);

/** Calls the method after every error of a method marked `@OnLiveKitEvent()`. Errors of the method are logged. */
export const OnListenerFailed = (): ListenerOf<ListenerFailedEvent> => OnEvent(LISTENER_FAILED);
