import type { ParticipantInfo, Room, TrackInfo, WebhookEvent, WebhookEventNames } from 'livekit-server-sdk';

/** The events that the installed SDK names. Events with other names reach the listeners of `*` only. */
export type LiveKitEventName = Exclude<WebhookEventNames, ''>;

type Content = 'room' | 'participant' | 'track' | 'egressInfo' | 'ingressInfo';

/** The members that LiveKit always sends (livekit-server 1.13). Egress and ingress events have no room. */
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

/** Track events carry only these members of the room and the participant. */
interface TrackContents {
  readonly room: Readonly<Pick<Room, 'sid' | 'name'>>;
  readonly participant: Readonly<Pick<ParticipantInfo, 'sid' | 'identity'>>;
  readonly track: TrackInfo;
}

type Contents<Name extends LiveKitEventName> = Name extends `track_${string}`
  ? TrackContents
  : Readonly<Required<Pick<WebhookEvent, (typeof CONTENTS)[Name][number]>>>;

/** Any event, also one that the SDK does not name, such as `agent_job_started`. */
interface AnyEvent extends Readonly<Partial<Pick<WebhookEvent, Content | 'job'>>> {
  readonly event: LiveKitEventName | (string & {});
}

/**
 * The payload of a listener; a union for several names. All listeners of an event receive the same object. `createdAt` is in
 * seconds since the epoch. `room.turnPassword` is removed. That of `*` has the members that LiveKit sent, as far as the SDK knows them.
 */
export type LiveKitEvent<Name extends LiveKitEventName | '*' = LiveKitEventName> = {
  [Each in Name]: Readonly<Pick<WebhookEvent, 'id' | 'createdAt'>> &
    (Each extends LiveKitEventName ? { readonly event: Each } & Contents<Each> : AnyEvent);
}[Name];

export function isLiveKitEventName(name: string): name is LiveKitEventName {
  return Object.hasOwn(CONTENTS, name);
}

/** Whether the event has a known name and all members that this name promises. */
export function isLiveKitEvent(event: WebhookEvent): event is WebhookEvent & LiveKitEvent {
  return isLiveKitEventName(event.event) && CONTENTS[event.event].every((content) => event[content] !== undefined);
}
