import type { ParticipantInfo } from 'livekit-server-sdk';

/** `ParticipantInfo.Kind.STANDARD` of LiveKit's protocol, which the SDK does not export. */
const STANDARD = 0;

/**
 * Whether a participant of an event or of LiveKit's API is a person. Agents, recorders (egress), ingresses, SIP callers, connectors and
 * bridges are participants too, and would be counted as people without this. Participants of `track_published` and
 * `track_unpublished` have no `kind`: LiveKit sends their `sid` and `identity` only.
 *
 * @example
 * @OnLiveKitEvent('participant_joined')
 * joined({ participant }: LiveKitEvent<'participant_joined'>): void {
 *   if (isPerson(participant)) this.people += 1;
 * }
 */
export const isPerson = ({ kind, permission }: Pick<ParticipantInfo, 'kind' | 'permission'>): boolean =>
  kind === STANDARD && permission?.recorder !== true && permission?.agent !== true;
