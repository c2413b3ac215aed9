import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import {
  eventBody,
  FakeIssuer,
  FakeLiveKit,
  type RunningApp,
  sendWebhook,
  startApp,
} from 'livekit-token-service/testing';

import { ModerationModule } from './moderation.module.js';

describe('moderation', () => {
  let issuer: FakeIssuer;
  let livekit: FakeLiveKit;
  let service: RunningApp;
  let host: string;
  let guest: string;
  beforeEach(async () => {
    issuer = await FakeIssuer.start();
    livekit = await FakeLiveKit.start();
    const settings = {
      ...issuer.settings,
      LIVEKIT_URL: livekit.url,
      HOSTS_CLAIM: 'role',
      HOSTS_VALUE: 'chair',
      // Reconciliation would call LiveKit, too.
      ACCESS_ENFORCEMENT: 'off',
    };
    service = await startApp(settings, { modules: [ModerationModule] });
    host = `Bearer ${await issuer.sign({ sub: 'host', role: 'chair' })}`;
    guest = `Bearer ${await issuer.sign({ sub: 'guest/1', role: 'member' })}`;
    livekit.join('room', 'host');
    livekit.join('room', 'guest/1');
  });
  afterEach(async () => {
    await service.close();
    await livekit.stop();
    await issuer.stop();
  });

  const call = (method: string, path: string, authorization: string): Promise<Response> =>
    fetch(`${service.url}/moderation/rooms/room/participants${path}`, { method, headers: { authorization } });
  const remove = (authorization = host): Promise<Response> => call('DELETE', '/guest%2F1', authorization);
  const join = (room = 'room'): Promise<Response> =>
    service.post('/token', { roomName: room, participantName: 'p' }, { authorization: guest });
  const present = async (): Promise<string[]> => {
    const { participants } = (await (await call('GET', '', host)).json()) as { participants: { identity: string }[] };
    return participants.map(({ identity }) => identity);
  };

  it('shows a host who is in the room', async () => {
    expect(await present()).toEqual(['host', 'guest/1']);
  });

  it('removes a participant, who gets no new token for that room, and for others does', async () => {
    expect((await join()).status).toBe(200);
    expect((await remove()).status).toBe(204);
    expect(await present()).toEqual(['host']);
    expect((await join()).status).toBe(403);
    const refusals = service.output.lines().filter(({ message }) => message === 'refused');
    expect(refusals).toMatchObject([{ code: 'REMOVED_FROM_ROOM', policy: 'RemovalsPolicy' }]);
    expect((await join('another room')).status).toBe(200);
  });

  it('removes a participant again who comes back with an older token', async () => {
    await remove();
    livekit.join('room', 'guest/1');
    const joined = eventBody('participant_joined', {
      room: { sid: 'RM_1', name: 'room' },
      participant: { sid: 'PA_2', identity: 'guest/1' },
    });
    livekit.failNext({ status: 503, code: 'unavailable' });
    expect((await sendWebhook(service.url, joined)).status).toBe(503);
    expect((await sendWebhook(service.url, joined)).status).toBe(200);
    expect(await present()).toEqual(['host']);
  });

  it('bans a participant who has left already, and responds 503 if LiveKit cannot be reached', async () => {
    expect((await call('DELETE', '/absent', host)).status).toBe(204);
    livekit.failNext({ status: 503, code: 'unavailable' });
    const failed = await remove();
    expect([failed.status, await failed.json()]).toMatchObject([503, { code: 'LIVEKIT_UNAVAILABLE' }]);
    expect((await join()).status).toBe(403);
  });

  it('is for hosts alone', async () => {
    expect((await remove(guest)).status).toBe(403);
    expect((await call('GET', '', guest)).status).toBe(403);
    expect((await fetch(`${service.url}/moderation/rooms/room/participants`)).status).toBe(401);
    // The service itself lists the rooms.
    expect(livekit.calls.filter(({ method }) => method !== 'ListRooms')).toEqual([]);
  });
});
