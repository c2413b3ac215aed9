/** The waiting room example on two instances with one Redis: a guest waits on one, and a host is on the other. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { WaitingRoomModule } from '../../examples/waiting-room/waiting-room.module.js';
import { useWebSockets } from '../../examples/waiting-room/waiting-room.setup.js';
import { type RunningApp, startApp } from '../../src/testing/start-app.js';
import { eventually } from '../../src/testing/eventually.js';
import { FakeIssuer } from '../../src/testing/fake-issuer.js';
import { SocketClient } from '../support/socket.client.js';
import { eventBody, sendWebhook } from '../../src/testing/webhook-sender.js';

import { RedisServer } from './support/redis.server.js';

const room = 'lobby-1';

let issuer: FakeIssuer;
let redis: RedisServer;
let one: RunningApp;
let other: RunningApp;
let host: SocketClient;
const clients: SocketClient[] = [];
beforeAll(async () => {
  issuer = await FakeIssuer.start();
  redis = await RedisServer.start();
  const settings = { ...issuer.settings, REDIS_URL: redis.url };
  const team = { modules: [WaitingRoomModule], configure: useWebSockets };
  one = await startApp(settings, team);
  other = await startApp(settings, team);
  host = await connect('host', 'watch', other);
});
afterAll(async () => {
  for (const client of clients) await client.close();
  await other.close();
  await one.close();
  await redis.kill();
  await issuer.stop();
});

const tokenOf = (sub: string): Promise<string> => issuer.sign({ sub, ...(sub === 'host' && { groups: ['hosts'] }) });
const as = async (sub: string): Promise<Record<string, string>> => ({ authorization: `Bearer ${await tokenOf(sub)}` });
async function connect(sub: string, event: string, service: RunningApp): Promise<SocketClient> {
  const client = await SocketClient.connect(service.url, await tokenOf(sub));
  clients.push(client);
  client.send(event, { room });
  return client;
}
const join = async (sub: string, service: RunningApp): Promise<unknown> => {
  const response = await service.post('/livekit/token', { room_name: room }, await as(sub));
  return ((await response.json()) as { code?: string }).code ?? response.status;
};
const admit = async (identity: string): Promise<number> =>
  (await other.post(`/waiting-rooms/${room}/admissions`, { identity }, await as('host'))).status;

it('a host on one instance sees and admits a guest on the other', async () => {
  await host.gets('guests', { waiting: [] });
  const guest = await connect('guest', 'wait', one);
  await guest.gets('waiting');
  await host.gets('guests', { waiting: ['guest'] });
  for (const service of [one, other]) expect(await join('guest', service)).toBe('WAITING_FOR_HOST');
  expect(await admit('guest')).toBe(204);
  await guest.gets('admitted');
  await host.gets('guests', { waiting: [] });
  for (const service of [one, other]) expect(await join('guest', service)).toBe(201);
});

it('a guest who goes is gone on both, and the end of the room is that of both', async () => {
  const guest = await connect('late', 'wait', one);
  await host.gets('guests', { waiting: ['late'] });
  await guest.close();
  await host.gets('guests', { waiting: [] });

  const end = eventBody('room_finished', { room: { sid: 'RM_1', name: room } });
  expect((await sendWebhook(one.url, end)).status).toBe(200);
  expect(await join('guest', other)).toBe('WAITING_FOR_HOST');
});

it('refuses with 503 without Redis, and goes on when it is back', async () => {
  await redis.kill();
  await eventually(async () => (await join('guest', one)) === 'WAITING_ROOM_UNAVAILABLE');
  expect(await admit('guest')).toBe(503);
  await redis.start();
  await eventually(async () => (await join('guest', one)) === 'WAITING_FOR_HOST');
  await eventually(async () => (await admit('guest')) === 204);
  await eventually(async () => (await join('guest', one)) === 201);
});
