/** Which calls of LiveKit's server API the tokens of the service open: none, but for who moderates a room by a rule. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { temporaryFile } from '../support/temporary-file.js';
import { ROUTES } from './support/doors.js';
import { signToken } from './support/jwt.js';
import { callServerApi, upgradeStatus } from './support/livekit.client.js';
import { startLiveKit, type LiveKit } from './support/livekit.js';
import { stopPrograms } from './support/program.js';
import { startService, type Service } from './support/service.js';

const ADMIN_ROOM = 'Größe & 日本語';

const RULES = [{ rooms: [ADMIN_ROOM], grants: { roomAdmin: true } }, { rooms: ['*'] }];

let livekit: LiveKit;
beforeAll(async () => {
  livekit = await startLiveKit();
});
afterAll(stopPrograms);

/** Calls about one room, in LiveKit's order; those about a participant name one who is not there. */
const ROOM_CALLS = [
  'RoomService/ListParticipants',
  'RoomService/GetParticipant',
  'RoomService/RemoveParticipant',
  'RoomService/MutePublishedTrack',
  'RoomService/UpdateParticipant',
  'RoomService/UpdateSubscriptions',
  'RoomService/SendData',
  'RoomService/UpdateRoomMetadata',
  'RoomService/PerformRpc',
  'AgentDispatchService/CreateDispatch',
  'AgentDispatchService/ListDispatch',
  'AgentDispatchService/DeleteDispatch',
] as const;

/** Calls about all rooms, or about what costs the operator. */
const PROJECT_CALLS = [
  'RoomService/ListRooms',
  'RoomService/CreateRoom',
  'RoomService/DeleteRoom',
  'RoomService/ForwardParticipant',
  'RoomService/MoveParticipant',
  'Egress/StartRoomCompositeEgress',
  'Egress/ListEgress',
  'Egress/StopEgress',
  'Ingress/CreateIngress',
  'Ingress/ListIngress',
  'SIP/ListSIPTrunk',
  'SIP/CreateSIPParticipant',
] as const;

type Call = (typeof ROOM_CALLS)[number] | (typeof PROJECT_CALLS)[number];

/** Whether LiveKit holds the token good for each call; at once, since it looks for some participants for seconds. */
async function opens(token: string, room: string, calls: readonly Call[]): Promise<Record<string, boolean>> {
  // LiveKit tries for long to record a room that is there.
  const body = { room, name: room, room_name: 'nowhere', identity: 'nobody', destination_room: 'elsewhere' };
  const answers = calls.map(async (call) => {
    const { status, code } = await callServerApi(livekit.url, token, call, body);
    if (status === 401) expect(code).toBe('unauthenticated');
    return [call, status !== 401] as const;
  });
  return Object.fromEntries(await Promise.all(answers));
}

const all = (calls: readonly Call[], open: boolean): Record<string, boolean> =>
  Object.fromEntries(calls.map((call) => [call, open]));

it('all of it opens to an operator, so it is for the grants where it does not', async () => {
  const video = {
    roomAdmin: true,
    roomCreate: true,
    roomList: true,
    roomRecord: true,
    ingressAdmin: true,
    agent: true,
  };
  const names = { room: ADMIN_ROOM, destinationRoom: 'elsewhere' };
  const operator = await signToken(livekit, { ...video, ...names }, { sip: { admin: true, call: true } });
  // One after the other: the second create and delete the room that the first are about.
  expect(await opens(operator, ADMIN_ROOM, ROOM_CALLS)).toEqual(all(ROOM_CALLS, true));
  expect(await opens(operator, ADMIN_ROOM, PROJECT_CALLS)).toEqual(all(PROJECT_CALLS, true));
  expect(await upgradeStatus(livekit.url, '/agent', operator)).toBe(101);
});

describe.each(ROUTES)('a token of $name', ({ settings, ask }) => {
  let service: Service;
  beforeAll(async () => {
    const rules = temporaryFile(JSON.stringify(RULES));
    service = await startService({ ...livekit.settings, ...settings, JOIN_RULES_FILE: rules.path });
  });

  it('opens nothing to who may join', async () => {
    const token = await ask(service, 'Test Room', 'Alice');
    const calls = [...ROOM_CALLS, ...PROJECT_CALLS];
    expect(await opens(token, 'Test Room', calls)).toEqual(all(calls, false));
    expect(await upgradeStatus(livekit.url, '/agent', token)).toBe(401);
  });

  it('opens a room to who moderates it by a rule, that room and no other', async () => {
    const token = await ask(service, ADMIN_ROOM, 'Alice');
    expect(await opens(token, ADMIN_ROOM, ROOM_CALLS)).toEqual(all(ROOM_CALLS, true));
    expect(await opens(token, ADMIN_ROOM, PROJECT_CALLS)).toEqual(all(PROJECT_CALLS, false));
    expect(await opens(token, 'Test Room', ROOM_CALLS)).toEqual(all(ROOM_CALLS, false));
    expect(await opens(token, ADMIN_ROOM.toUpperCase(), ROOM_CALLS)).toEqual(all(ROOM_CALLS, false));
    expect(await upgradeStatus(livekit.url, '/agent', token)).toBe(401);
  });
});
