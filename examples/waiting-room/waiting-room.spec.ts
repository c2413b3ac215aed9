import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import {
  eventBody,
  eventually,
  FakeIssuer,
  type RunningApp,
  sendWebhook,
  startApp,
  verifyToken,
} from 'livekit-token-service/testing';
import { SocketClient } from '../../test/support/socket.client.js';

import { WaitingRoomModule } from './waiting-room.module.js';
import { useWebSockets } from './waiting-room.setup.js';

let issuer: FakeIssuer;
let service: RunningApp;
let room: string;
let count = 0;
const clients: SocketClient[] = [];
beforeAll(async () => {
  issuer = await FakeIssuer.start();
  service = await startApp(issuer.settings, { modules: [WaitingRoomModule], configure: useWebSockets });
});
afterAll(async () => {
  await service.close();
  await issuer.stop();
});
beforeEach(() => {
  count += 1;
  room = `lobby-${count}`;
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
});

const tokenOf = (sub: string): Promise<string> => issuer.sign({ sub, ...(sub === 'host' && { groups: ['hosts'] }) });
const as = async (sub: string): Promise<Record<string, string>> => ({ authorization: `Bearer ${await tokenOf(sub)}` });
const connect = async (sub: string, event: string): Promise<SocketClient> => {
  const client = await SocketClient.connect(service.url, await tokenOf(sub));
  clients.push(client);
  client.send(event, { room });
  return client;
};
const join = async (sub: string, where = room): Promise<unknown> => {
  const response = await service.post('/livekit/token', { room_name: where }, await as(sub));
  const body = (await response.json()) as { participant_token: string; code?: string };
  return body.code ?? (await verifyToken(body.participant_token)).sub;
};
const admit = async (identity: unknown, sub = 'host'): Promise<number> =>
  (await service.post(`/waiting-rooms/${room}/admissions`, { identity }, await as(sub))).status;

it('holds a guest until a host, who sees it, admits it', async () => {
  const host = await connect('host', 'watch');
  await host.gets('guests', { waiting: [] });
  const guest = await connect('guest', 'wait');
  await guest.gets('waiting', { room });
  await host.gets('guests', { waiting: ['guest'] });
  expect(await join('guest')).toBe('WAITING_FOR_HOST');

  expect(await admit('guest')).toBe(204);
  await guest.gets('admitted', { room });
  await host.gets('guests', { waiting: [] });
  expect(await join('guest')).toBe('guest');
  expect(await join('another')).toBe('WAITING_FOR_HOST');

  // Admitted once is admitted for the meeting.
  await (await connect('guest', 'wait')).gets('admitted', { room });
});

it('forgets guests who go, and admits guests before they come', async () => {
  const host = await connect('host', 'watch');
  const guest = await connect('guest', 'wait');
  await host.gets('guests', { waiting: ['guest'] });
  await guest.close();
  await host.gets('guests', { waiting: [] });
  expect(await admit('guest')).toBe(204);
  expect(await join('guest')).toBe('guest');
});

it('has guests admitted to each meeting anew', async () => {
  await admit('guest');
  expect(await join('guest')).toBe('guest');
  const end = eventBody('room_finished', { room: { sid: 'RM_1', name: room } });
  expect((await sendWebhook(service.url, end)).status).toBe(200);
  expect(await join('guest')).toBe('WAITING_FOR_HOST');
});

it('holds no guest of other rooms, and no host', async () => {
  expect(await join('guest', 'office')).toBe('guest');
  expect(await join('host')).toBe('host');
});

describe('is a host’s to open', () => {
  it('by its routes', async () => {
    expect(await admit('guest', 'guest')).toBe(403);
    for (const identity of [undefined, '', 42]) expect(await admit(identity)).toBe(400);
    const list = `${service.url}/waiting-rooms/${room}`;
    expect((await fetch(list)).status).toBe(401);
    expect(await (await fetch(list, { headers: await as('host') })).json()).toEqual({ waiting: [] });
  });

  it('by its gateway', async () => {
    await (await connect('guest', 'watch')).gets('exception', { code: 'NOT_A_HOST' });
    const client = await SocketClient.connect(service.url, 'nothing');
    clients.push(client);
    client.send('wait', { room });
    await client.gets('exception', { code: 'INVALID_TOKEN' });
  });
});

it('lets no more than a bounded number wait', async () => {
  const gateway = await Promise.all(
    Array.from({ length: 200 }, (_, number) =>
      connect(`guest-${number}`, 'wait').then((guest) => guest.gets('waiting')),
    ),
  );
  expect(gateway.length).toBe(200);
  await (await connect('one-more', 'wait')).gets('exception', { code: 'WAITING_ROOM_FULL' });
});

it('does not keep a stop waiting', async () => {
  const other = await startApp(issuer.settings, { modules: [WaitingRoomModule], configure: useWebSockets });
  const guest = await SocketClient.connect(other.url, await tokenOf('guest'));
  guest.send('wait', { room });
  await guest.gets('waiting');
  await other.close();
  await eventually(() => guest.isClosed);
});
