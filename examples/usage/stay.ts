import type { ParticipantInfo } from 'livekit-server-sdk';

import type { NewStay } from './stays.repository.js';

export const stayOf = (room: string, { sid, identity, joinedAt }: ParticipantInfo): NewStay => ({
  sid,
  room,
  identity,
  joinedAt: Number(joinedAt),
});
