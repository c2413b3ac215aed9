/** LiveKit's events by name, and what each of them holds: stated once, for the compiler and for the check of what arrives. */
import type { ParticipantInfo, Room, TrackInfo, WebhookEvent, WebhookEventNames } from 'livekit-server-sdk';

/** LiveKit may send events of other names; they are accepted, and nobody can listen to them before the SDK knows them. */
export type LiveKitEventName = Exclude<WebhookEventNames, ''>;

type Content = 'room' | 'participant' | 'track' | 'egressInfo' | 'ingressInfo';

/** What LiveKit always sends along. Events of an egress or ingress have no room, whatever newer versions may add. */
const CONTENTS = {
  room_started: ['room'],
  room_finished: ['room'],
  participant_joined: ['room', 'participant'],
  participant_left: ['room', 'participant'],
  participant_connection_aborted: ['room', 'participant'],
  track_published: ['room', 'participant', 'track'],
  track_unpublished: ['room', 'participant', 'track'],
  egress_started: ['egressInfo'],
  egress_updated: ['egressInfo'],
  egress_ended: ['egressInfo'],
  ingress_started: ['ingressInfo'],
  ingress_ended: ['ingressInfo'],
} as const satisfies Record<LiveKitEventName, readonly Content[]>;

/** Of a track's event LiveKit fills in no more of the room and of the participant. */
interface TrackContents {
  readonly room: Readonly<Pick<Room, 'sid' | 'name'>>;
  readonly participant: Readonly<Pick<ParticipantInfo, 'sid' | 'identity'>>;
  readonly track: TrackInfo;
}

type Contents<Name extends LiveKitEventName> = Name extends `track_${string}`
  ? TrackContents
  : Readonly<Required<Pick<WebhookEvent, (typeof CONTENTS)[Name][number]>>>;

/**
 * What a listener is handed, the union for several names. Every listener of an event is handed the same object.
 * `createdAt` is in seconds. Rooms are without their `turnPassword`.
 */
export type LiveKitEvent<Name extends LiveKitEventName = LiveKitEventName> = {
  [Each in Name]: { readonly event: Each } & Readonly<Pick<WebhookEvent, 'id' | 'createdAt'>> & Contents<Each>;
}[Name];

export function isLiveKitEventName(name: string): name is LiveKitEventName {
  return Object.hasOwn(CONTENTS, name);
}

/** Whether an event is what its name promises. */
export function isLiveKitEvent(event: WebhookEvent): event is WebhookEvent & LiveKitEvent {
  return isLiveKitEventName(event.event) && CONTENTS[event.event].every((content) => event[content] !== undefined);
}
