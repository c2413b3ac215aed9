/** The meetings example before a real room, with its meetings in PostgreSQL. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { MeetingsModule } from '../../examples/meetings/meetings.module.js';
import { type RunningApp, startApp } from '../../src/testing/start-app.js';
import { FakeIssuer } from '../../src/testing/fake-issuer.js';
import { callServerApi } from './support/livekit.client.js';
import type { LiveKit } from './support/livekit.js';
import { Participant } from './support/participant.js';
import { type Postgres, startPostgres } from './support/postgres.js';
import { stopPrograms } from './support/program.js';
import { startTeam } from './support/team.js';

const ROOM = 'Größe & 日本語';

/** Enough for two clients to join. */
const LASTS_MS = 40_000;

let issuer: FakeIssuer;
let livekit: LiveKit;
let app: RunningApp;
let other: RunningApp;
let postgres: Postgres;

beforeAll(async () => {
  issuer = await FakeIssuer.start();
  postgres = await startPostgres();
  const settings = { ...issuer.settings, MEETINGS_DATABASE_URL: postgres.url };
  const modules = [MeetingsModule];
  ({ livekit, app } = await startTeam({ modules }, { settings }));
  other = await startApp({ ...settings, ...livekit.settings }, { modules });
});

afterAll(async () => {
  await other.close();
  await app.close();
  await stopPrograms();
  await postgres.stop();
});

const as = async (sub: string): Promise<Record<string, string>> => ({
  authorization: `Bearer ${await issuer.sign({ sub })}`,
});
const create = async (room: string, begin: number, end: number): Promise<void> => {
  const [startsAt, endsAt] = [begin, end].map((time) => new Date(time).toISOString());
  const response = await app.post('/meetings', { room, startsAt, endsAt, members: ['bob'] }, await as('alice'));
  expect(response.status).toBe(201);
};
const ask = async (sub: string, room_name = ROOM, service = app): Promise<Record<string, unknown>> =>
  (await (await service.post('/livekit/token', { room_name }, await as(sub))).json()) as Record<string, unknown>;
const tokenFor = async (sub: string): Promise<string> => (await ask(sub))['participant_token'] as string;

it('lets members in from the start until the end, and the host administer the room', async () => {
  const now = Date.now();
  const endsAt = now + LASTS_MS;
  await create(ROOM, now - 60_000, endsAt);
  await create('later', now + 3_600_000, now + 7_200_000);

  expect(await ask('bob', 'later')).toMatchObject({ status: 403, code: 'MEETING_NOT_STARTED' });
  expect(await ask('eve')).toMatchObject({ status: 403, code: 'NOT_INVITED' });
  // The database is that of all instances.
  expect(await ask('bob', 'later', other)).toMatchObject({ code: 'MEETING_NOT_STARTED' });
  expect(await ask('bob', ROOM, other)).toHaveProperty('participant_token');

  const tokens = [await tokenFor('alice'), await tokenFor('bob')] as const;
  const inside = await Promise.all(tokens.map((token) => Participant.join(livekit.url, token)));
  expect(inside.map(({ identity }) => identity)).toEqual(['alice', 'bob']);
  const [byHost, byMember] = await Promise.all(
    tokens.map((token) => callServerApi(livekit.url, token, 'RoomService/ListParticipants', { room: ROOM })),
  );
  expect(byHost).toMatchObject({ status: 200 });
  expect(byMember).toMatchObject({ status: 401 });
  expect(Date.now()).toBeLessThan(endsAt);
  for (const { events } of inside) expect(events.map(({ event }) => event)).not.toContain('disconnected');

  await Promise.all(inside.map((participant) => participant.told('disconnected')));
  expect(Date.now()).toBeGreaterThanOrEqual(endsAt);
  expect(Date.now()).toBeLessThan(endsAt + 30_000);
  for (const sub of ['alice', 'bob']) expect(await ask(sub)).toMatchObject({ status: 403, code: 'ACCESS_ENDED' });
});
