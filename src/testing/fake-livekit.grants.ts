/** What a token must grant for a call of LiveKit's API. */
import type { GrantClaims } from './fake-livekit.token.js';

export type GrantCheck = (claims: GrantClaims, room: string) => boolean;

const administers: GrantCheck = ({ video }, room) => video?.['roomAdmin'] === true && video['room'] === room;
const creates: GrantCheck = ({ video }) => video?.['roomCreate'] === true;

/** Of the methods of RoomService that the fake has. */
export const ROOM_GRANTS: Readonly<Record<string, GrantCheck>> = {
  ListRooms: ({ video }) => video?.['roomList'] === true,
  CreateRoom: creates,
  DeleteRoom: creates,
  ListParticipants: administers,
  GetParticipant: administers,
  RemoveParticipant: administers,
  UpdateParticipant: administers,
};

/** By service: without Redis, LiveKit checks the grants of these and does no more. */
export const GRANTS_WITHOUT_REDIS: Readonly<Record<string, GrantCheck>> = {
  Egress: ({ video }) => video?.['roomRecord'] === true,
  Ingress: ({ video }) => video?.['ingressAdmin'] === true,
  SIP: ({ sip }) => sip?.['admin'] === true,
};
