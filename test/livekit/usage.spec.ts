/** The usage example in PostgreSQL against real participants: minutes of persons by webhooks, and by comparison where webhooks are lost. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { AccessToken } from 'livekit-server-sdk';
import { DataSource } from 'typeorm';

import { Comparison } from '../../examples/usage/comparison.service.js';
import { UsageModule } from '../../examples/usage/usage.module.js';
import { type RunningApp, startApp } from '../../src/testing/start-app.js';
import { eventually } from '../../src/testing/eventually.js';
import { FakeIssuer } from '../../src/testing/fake-issuer.js';
import type { LiveKit } from './support/livekit.js';
import { Participant } from './support/participant.js';
import { type Postgres, startPostgres } from './support/postgres.js';
import { stopPrograms } from './support/program.js';
import { startTeam } from './support/team.js';

const ROOM = 'Größe & 日本語';

let issuer: FakeIssuer;
let livekit: LiveKit;
let app: RunningApp;
/** Another instance, with the same database. */
let other: RunningApp;
/** Gets no webhooks, as if all were lost. */
let deaf: RunningApp;
let postgres: Postgres;
let host: string;

beforeAll(async () => {
  issuer = await FakeIssuer.start();
  postgres = await startPostgres();
  const settings = { ...issuer.settings, USAGE_DATABASE_URL: postgres.url };
  const modules = [UsageModule];
  ({ livekit, app } = await startTeam({ modules }, { settings }));
  other = await startApp({ ...settings, ...livekit.settings }, { modules });
  const own = { USAGE_DATABASE_URL: await databaseOf('deaf') };
  deaf = await startApp({ ...settings, ...livekit.settings, ...own }, { modules });
  host = `Bearer ${await issuer.sign({ sub: 'host', groups: ['hosts'] })}`;
});

afterAll(async () => {
  for (const service of [deaf, other, app]) await service.close();
  await stopPrograms();
  await postgres.stop();
});

/** The URL of a new database. */
async function databaseOf(name: string): Promise<string> {
  const server = await new DataSource({ type: 'postgres', url: postgres.url }).initialize();
  await server.query(`CREATE DATABASE ${name}`);
  await server.destroy();
  return postgres.url.replace(/\w+$/, name);
}

interface Usage {
  readonly room: string;
  readonly stays: number;
  readonly estimated: number;
  readonly seconds: number;
}

const usageIn = async (service: RunningApp): Promise<Usage | undefined> => {
  const response = await fetch(`${service.url}/usage`, { headers: { authorization: host } });
  const { rooms } = (await response.json()) as { rooms: Usage[] };
  return rooms.find(({ room }) => room === ROOM);
};

const tokenFor = async (sub: string): Promise<string> => {
  const authorization = `Bearer ${await issuer.sign({ sub })}`;
  const response = await app.post('/token', { roomName: ROOM, participantName: 'p' }, { authorization });
  return (await response.json()) as string;
};

const agentToken = (): Promise<string> => {
  const token = new AccessToken(livekit.apiKey, livekit.apiSecret, { identity: 'agent' });
  token.addGrant({ roomJoin: true, room: ROOM, agent: true });
  token.kind = 'agent';
  return token.toJwt();
};

/** The instance that started last has the output of both. */
const told = (event: string, count: number): Promise<true> =>
  eventually(() => deaf.output.lines().filter((line) => line['event'] === event).length >= count);

it('counts persons from join to leave, and no agents', async () => {
  const begin = Date.now();
  const alice = await Participant.join(livekit.url, await tokenFor('alice'));
  const agent = await Participant.join(livekit.url, await agentToken());
  await told('participant_joined', 2);
  const joinedAt = Date.now();
  // A stay counts from its second second on.
  const usage = (service: RunningApp): Promise<Usage> => eventually(() => usageIn(service));
  expect(await usage(app)).toMatchObject({ stays: 1, estimated: 0 });
  expect(agent.identity).toBe('agent');

  // No webhook has told this instance.
  expect(await usageIn(deaf)).toBeUndefined();
  await deaf.app.get(Comparison).run();
  expect(await usage(deaf)).toMatchObject({ stays: 1, estimated: 0 });

  const bob = await Participant.join(livekit.url, await tokenFor('bob'));
  await told('participant_joined', 3);
  // Long enough for a difference in seconds to be seen, of both.
  const together = Date.now();
  await eventually(() => Date.now() - together > 3_000);
  await alice.leave();
  await told('participant_left', 1);
  const elapsed = (Date.now() - joinedAt) / 1000;
  await eventually(async () => {
    await deaf.app.get(Comparison).run();
    return (await usageIn(deaf))?.estimated === 1;
  });
  await bob.leave();
  await told('participant_left', 2);

  const longest = (Date.now() - begin) / 1000;
  const byWebhooks = await usageIn(app);
  expect(byWebhooks).toMatchObject({ stays: 2, estimated: 0 });
  expect(byWebhooks?.seconds).toBeGreaterThanOrEqual(Math.floor(elapsed));
  expect(byWebhooks?.seconds).toBeLessThanOrEqual(2 * Math.ceil(longest) + 2);
  // Ended: the figure stays as it is.
  const then = Date.now();
  await eventually(() => Date.now() - then > 1_100);
  expect(await usageIn(app)).toEqual(byWebhooks);
  // Both instances compare at a time, and the database is that of both.
  await Promise.all([app, other].map((service) => service.app.get(Comparison).run()));
  expect(await usageIn(other)).toEqual(byWebhooks);
  await agent.leave();
});
