/** Reads an event of LiveKit from the bytes that it sent, without what nobody should see of it. */
import { WebhookEvent } from 'livekit-server-sdk';

import { ProblemException } from '../errors/problem.exception.js';

import { isLiveKitEvent, isLiveKitEventName } from './livekit-event.js';

/** Throws a ProblemException with WEBHOOK_UNDECODABLE. */
export function decodeEvent(body: Buffer): WebhookEvent {
  const event = parse(body);
  if (event.id === '' || !event.event) throw undecodable('The event has no id or no name.');
  // Listeners are promised these parts by their types.
  if (isLiveKitEventName(event.event) && !isLiveKitEvent(event)) {
    throw undecodable(`The event lacks a part that every ${event.event} has.`);
  }
  // It opens LiveKit's relay to anybody, and every room of every event has it.
  for (const room of [event.room, event.job?.room]) if (room !== undefined) room.turnPassword = '';
  return event;
}

function parse(body: Buffer): WebhookEvent {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    return WebhookEvent.fromJson(JSON.parse(text), { ignoreUnknownFields: true });
  } catch {
    // Without its cause: that quotes the body, and with it what nobody should see.
    throw undecodable('The body is not an event of LiveKit.');
  }
}

function undecodable(detail: string): ProblemException {
  return new ProblemException('WEBHOOK_UNDECODABLE', detail);
}
