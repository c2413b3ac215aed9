import { WebhookEvent } from 'livekit-server-sdk';

import type { ErrorParameters } from '../errors/error.catalogue.js';
import { ProblemException } from '../errors/problem.exception.js';
import type { Reason } from '../errors/reason.catalogue.js';

import { isLiveKitEvent, isLiveKitEventName } from './livekit-event.js';

/** Decodes a webhook body without secrets. Throws a `ProblemException` with WEBHOOK_UNDECODABLE. */
export function decodeEvent(body: Buffer): WebhookEvent {
  const event = parse(body);
  if (event.id === '' || !event.event) throw undecodable('WEBHOOK_NAMELESS');
  // The types of listeners promise these members.
  if (isLiveKitEventName(event.event) && !isLiveKitEvent(event)) {
    throw undecodable('WEBHOOK_INCOMPLETE', { event: event.event });
  }
  // A credential of LiveKit's TURN server, sent with every room.
  for (const room of [event.room, event.job?.room]) if (room !== undefined) room.turnPassword = '';
  return event;
}

function parse(body: Buffer): WebhookEvent {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    return WebhookEvent.fromJson(JSON.parse(text), { ignoreUnknownFields: true });
  } catch {
    // Without `cause`: it quotes the body.
    throw undecodable();
  }
}

function undecodable(reason?: Reason, parameters?: ErrorParameters): ProblemException {
  return new ProblemException('WEBHOOK_UNDECODABLE', parameters, { reason });
}
