import type { ParticipantInfo } from 'livekit-server-sdk';

import type { NewStay } from './stays.repository.js';

/** `ParticipantInfo.Kind.STANDARD` of LiveKit's protocol, which the SDK does not export. */
const STANDARD = 0;

/** Agents, egress, ingress and SIP calls are participants of other kinds. */
export const isPerson = ({ kind }: ParticipantInfo): boolean => kind === STANDARD;

export const stayOf = (room: string, { sid, identity, joinedAt }: ParticipantInfo): NewStay => ({
  sid,
  room,
  identity,
  joinedAt: Number(joinedAt),
});
