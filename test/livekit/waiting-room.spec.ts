/** The waiting room example before a real room: nobody is inside before a host says so, and the next meeting starts anew. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { WaitingRoomModule } from '../../examples/waiting-room/waiting-room.module.js';
import { WaitingRoom } from '../../examples/waiting-room/waiting-room.service.js';
import type { RunningApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { FakeIssuer } from '../support/issuer.js';
import type { LiveKit } from './support/livekit.js';
import { Participant } from './support/participant.js';
import { stopPrograms } from './support/program.js';
import { startTeam } from './support/team.js';

const ROOM = 'lobby-Größe 日本語';

let issuer: FakeIssuer;
let livekit: LiveKit;
let app: RunningApp;
let host: string;
let guest: string;

beforeAll(async () => {
  issuer = await FakeIssuer.start();
  ({ livekit, app } = await startTeam({ modules: [WaitingRoomModule] }, { settings: issuer.settings }));
  host = `Bearer ${await issuer.sign({ sub: 'host', groups: ['hosts'] })}`;
  guest = `Bearer ${await issuer.sign({ sub: 'guest' })}`;
});

afterAll(stopPrograms);

const join = async (authorization: string): Promise<Participant> => {
  const answer = await app.post('/token', { roomName: ROOM, participantName: 'p' }, { authorization });
  return Participant.join(livekit.url, (await answer.json()) as string);
};

const admit = async (identity: string): Promise<void> => {
  const path = `/waiting-rooms/${encodeURIComponent(ROOM)}/admissions`;
  expect((await app.post(path, { identity }, { authorization: host })).status).toBe(204);
};

const guestWaits = (): Promise<unknown> => eventually(() => app.app.get(WaitingRoom).waiting(ROOM)[0] === 'guest');

it('lets a guest really join when a host says so, in each meeting anew', async () => {
  const chair = await join(host);
  const coming = join(guest);
  await guestWaits();
  await admit('guest');
  const participant = await coming;
  expect(participant.identity).toBe('guest');
  // Admitted once is admitted for the meeting.
  await participant.leave();
  await (await join(guest)).leave();
  await chair.leave();
  await eventually(() => app.output.lines().some(({ event }) => event === 'room_finished'));

  const next = join(guest);
  await guestWaits();
  await admit('guest');
  expect((await next).identity).toBe('guest');
});
