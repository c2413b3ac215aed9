import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { type RunningApp, startApp } from '../../test/support/app.js';
import { eventually } from '../../test/support/eventually.js';
import { FakeIssuer } from '../../test/support/issuer.js';
import { verifyToken } from '../../test/support/livekit-token.js';
import { eventBody, sendWebhook } from '../../test/support/webhook-sender.js';

import { WaitingRoomModule } from './waiting-room.module.js';
import { PATIENCE_MS, WaitingRoom } from './waiting-room.service.js';

describe('the waiting room', () => {
  let issuer: FakeIssuer;
  let service: RunningApp;
  let host: string;
  let guest: string;
  beforeEach(async () => {
    issuer = await FakeIssuer.start();
    service = await startApp(issuer.settings, { modules: [WaitingRoomModule] });
    host = `Bearer ${await issuer.sign({ sub: 'host', groups: ['hosts'] })}`;
    guest = `Bearer ${await issuer.sign({ sub: 'guest' })}`;
  });
  afterEach(async () => {
    await service.close();
    await issuer.down();
  });

  const join = (room: string, authorization: string): Promise<Response> =>
    service.post('/token', { roomName: room, participantName: 'p' }, { authorization });
  const admit = (identity: unknown, authorization: string): Promise<Response> =>
    service.post('/waiting-rooms/lobby-1/admissions', { identity }, { authorization });
  const waiting = async (): Promise<unknown> => {
    const response = await fetch(`${service.url}/waiting-rooms/lobby-1`, { headers: { authorization: host } });
    return ((await response.json()) as { waiting: unknown }).waiting;
  };
  const untilGuestWaits = async (): Promise<void> => {
    for (let found: unknown; JSON.stringify(found) !== '["guest"]'; found = await waiting());
  };

  it('holds a guest until a host lets them in', async () => {
    let status: number | undefined;
    const answer = join('lobby-1', guest).then((response) => {
      status = response.status;
      return response;
    });
    await untilGuestWaits();
    expect(status).toBeUndefined();
    expect((await admit('guest', host)).status).toBe(204);
    const claims = await verifyToken((await (await answer).json()) as string);
    expect(claims).toMatchObject({ sub: 'guest', video: { room: 'lobby-1' } });
    expect(await waiting()).toEqual([]);
    expect((await join('lobby-1', guest)).status).toBe(200);
  });

  it('holds nobody before other rooms, and no host', async () => {
    expect((await join('office', guest)).status).toBe(200);
    expect((await join('lobby-1', host)).status).toBe(200);
  });

  it('is a host’s to open', async () => {
    const refused = await admit('guest', guest);
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ code: 'NOT_A_HOST' });
    expect((await service.post('/waiting-rooms/lobby-1/admissions', { identity: 'guest' })).status).toBe(401);
    for (const identity of [undefined, '', 42]) expect((await admit(identity, host)).status).toBe(400);
  });

  it('forgets whom it has let in when the meeting is over', async () => {
    await admit('guest', host);
    expect((await join('lobby-1', guest)).status).toBe(200);
    const end = eventBody('room_finished', { room: { sid: 'RM_1', name: 'lobby-1' } });
    expect((await sendWebhook(service.url, end)).status).toBe(200);
    const answer = join('lobby-1', guest);
    await untilGuestWaits();
    await admit('guest', host);
    expect((await answer).status).toBe(200);
  });

  it('does not keep a stop waiting', async () => {
    const answer = join('lobby-1', guest);
    await untilGuestWaits();
    await service.app.close();
    expect((await answer).status).toBe(403);
    await eventually(() => service.output.lines().find(({ code }) => code === 'WAITING_FOR_HOST'));
  });
});

describe('WaitingRoom', () => {
  it('asks the client to ask again when no host comes in time', async () => {
    jest.useFakeTimers();
    const room = new WaitingRoom();
    const answer = room.admission('lobby-1', 'guest');
    jest.advanceTimersByTime(PATIENCE_MS);
    expect(await answer).toBe(false);
    expect(room.waiting('lobby-1')).toEqual([]);
    jest.useRealTimers();
  });

  it('lets no more than a bounded number wait', async () => {
    const room = new WaitingRoom();
    const all = Array.from({ length: 1000 }, (_, n) => room.admission('lobby-1', `guest-${n}`));
    expect(room.waiting('lobby-1').length).toBeLessThan(1000);
    room.beforeApplicationShutdown();
    expect(new Set(await Promise.all(all))).toEqual(new Set([false]));
  });
});
