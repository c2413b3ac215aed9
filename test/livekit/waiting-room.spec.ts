/** The waiting room example before a real room: guests join after a host has admitted them, and to each meeting anew. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { WaitingRoomModule } from '../../examples/waiting-room/waiting-room.module.js';
import { useWebSockets } from '../../examples/waiting-room/waiting-room.setup.js';
import type { RunningApp } from '../../src/testing/start-app.js';
import { eventually } from '../../src/testing/eventually.js';
import { FakeIssuer } from '../../src/testing/fake-issuer.js';
import { SocketClient } from '../support/socket.client.js';
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
let watching: SocketClient;

beforeAll(async () => {
  issuer = await FakeIssuer.start();
  const team = { modules: [WaitingRoomModule], configure: useWebSockets };
  ({ livekit, app } = await startTeam(team, { settings: issuer.settings }));
  host = await issuer.sign({ sub: 'host', groups: ['hosts'] });
  guest = await issuer.sign({ sub: 'guest' });
  watching = await SocketClient.connect(app.url, host);
  watching.send('watch', { room: ROOM });
});

afterAll(async () => {
  await watching.close();
  await stopPrograms();
});

const ask = (token: string): Promise<Response> =>
  app.post('/token', { roomName: ROOM, participantName: 'p' }, { authorization: `Bearer ${token}` });

const join = async (token: string): Promise<Participant> =>
  Participant.join(livekit.url, (await (await ask(token)).json()) as string);

/** The guest waits, the host sees it and admits it, and the guest hears of it. */
const admitGuest = async (): Promise<void> => {
  expect((await ask(guest)).status).toBe(403);
  const waiting = await SocketClient.connect(app.url, guest);
  waiting.send('wait', { room: ROOM });
  await watching.gets('guests', { waiting: ['guest'] });
  const path = `/waiting-rooms/${encodeURIComponent(ROOM)}/admissions`;
  expect((await app.post(path, { identity: 'guest' }, { authorization: `Bearer ${host}` })).status).toBe(204);
  await waiting.gets('admitted', { room: ROOM });
  await waiting.close();
};

it('lets a guest really join when a host says so, in each meeting anew', async () => {
  const chair = await join(host);
  await admitGuest();
  const participant = await join(guest);
  expect(participant.identity).toBe('guest');
  // Admitted once is admitted for the meeting.
  await participant.leave();
  await (await join(guest)).leave();
  await chair.leave();
  await eventually(() => app.output.lines().some(({ event }) => event === 'room_finished'));

  await admitGuest();
  expect((await join(guest)).identity).toBe('guest');
});
