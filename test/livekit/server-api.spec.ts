/** The SDK's clients as a team injects them, against a real LiveKit server. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EgressClient, IngressClient, RoomServiceClient } from 'livekit-server-sdk';

import { startApp, type RunningApp } from '../support/app.js';
import { startLiveKit, type LiveKit } from './support/livekit.js';
import { stopPrograms } from './support/program.js';

let livekit: LiveKit;
let app: RunningApp;

beforeAll(async () => {
  livekit = await startLiveKit();
  app = await startApp(livekit.settings);
});

afterAll(async () => {
  await app.close();
  await stopPrograms();
});

describe("LiveKit's clients", () => {
  it('create rooms, find them, and delete them', async () => {
    const rooms = app.app.get(RoomServiceClient);
    expect((await rooms.createRoom({ name: 'Größe', metadata: 'm' })).metadata).toBe('m');
    expect((await rooms.listRooms(['Größe'])).map(({ name }) => name)).toEqual(['Größe']);
    expect(await rooms.listParticipants('Größe')).toEqual([]);
    await rooms.deleteRoom('Größe');
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['a participant who is not there', () => app.app.get(RoomServiceClient).getParticipant('r', 'p'), 'NOT_FOUND'],
    [
      'a name that is too long',
      () => app.app.get(RoomServiceClient).createRoom({ name: 'x'.repeat(257) }),
      'INVALID_ARGUMENT',
    ],
    ['an egress that is not set up', () => app.app.get(EgressClient).stopEgress('EG_1'), 'FAILED'],
    ['an ingress that is not set up', () => app.app.get(IngressClient).listIngress(), 'FAILED'],
  ])('fail with a code: %s', async (_what, call, code) => {
    await expect(call()).rejects.toMatchObject({ code: `LIVEKIT_${code}` });
  });

  it('fail with a code for a wrong secret, and keep the token that LiveKit quotes out of the error', async () => {
    const stranger = await startApp({ ...livekit.settings, LIVEKIT_API_SECRET: 'f'.repeat(32) });
    const call = stranger.app.get(RoomServiceClient).listRooms();
    await expect(call).rejects.toMatchObject({ code: 'LIVEKIT_REFUSED_KEY', cause: { status: 401 } });
    const error = (await call.catch((thrown: unknown) => thrown)) as Error;
    expect(String(error.cause)).toContain('[token]');
    expect(String(error.cause)).not.toMatch(/eyJ/);
    await stranger.close();
  });

  it('fail with a code when LiveKit is gone', async () => {
    await livekit.stop();
    await expect(app.app.get(RoomServiceClient).listRooms()).rejects.toMatchObject({ code: 'LIVEKIT_UNAVAILABLE' });
  });
});
