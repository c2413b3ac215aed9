/** The SDK's clients as a team injects them, and every code that a real LiveKit makes them fail with. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EgressClient, EncodedFileOutput, IngressClient, RoomServiceClient } from 'livekit-server-sdk';

import { startApp, type RunningApp } from '../../src/testing/start-app.js';
import { startLiveKit, startOwnLiveKit, type LiveKit, type OwnLiveKit } from './support/livekit.js';
import { Participant } from './support/participant.js';
import { stopPrograms } from './support/program.js';
import { requestToken } from './support/service.js';

interface Clients {
  readonly rooms: RoomServiceClient;
  readonly egress: EgressClient;
  readonly ingress: IngressClient;
}

const FILE = new EncodedFileOutput({ filepath: 'recording.mp4' });

afterAll(stopPrograms);

describe("LiveKit's clients", () => {
  let livekit: LiveKit;
  let app: RunningApp;
  beforeAll(async () => {
    livekit = await startLiveKit();
    app = await startApp(livekit.settings);
  });

  it('create rooms, find them, and delete them', async () => {
    const rooms = app.app.get(RoomServiceClient);
    expect((await rooms.createRoom({ name: 'Größe', metadata: 'm' })).metadata).toBe('m');
    expect((await rooms.listRooms(['Größe'])).map(({ name }) => name)).toEqual(['Größe']);
    expect(await rooms.listParticipants('Größe')).toEqual([]);
    await rooms.deleteRoom('Größe');
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
});

/** It has the limits of LiveKit's own defaults, and neither Redis nor an egress. */
describe("LiveKit's clients, of a LiveKit that is known", () => {
  let livekit: OwnLiveKit;
  let app: RunningApp;
  beforeAll(async () => {
    livekit = await startOwnLiveKit();
    app = await startApp(livekit.settings);
  });

  it.each<[string, (clients: Clients) => Promise<unknown>, string]>([
    ['a participant who is not there', ({ rooms }) => rooms.getParticipant('r', 'p'), 'NOT_FOUND'],
    ['a participant to change who is not there', ({ rooms }) => rooms.updateParticipant('r', 'p', 'm'), 'NOT_FOUND'],
    ['a room that is not there', ({ rooms }) => rooms.deleteRoom('r'), 'NOT_FOUND'],
    ['a name that is too long', ({ rooms }) => rooms.createRoom({ name: 'x'.repeat(257) }), 'INVALID_ARGUMENT'],
    ['too much metadata', ({ rooms }) => rooms.updateRoomMetadata('r', 'x'.repeat(600_000)), 'INVALID_ARGUMENT'],
    ['an egress that is not set up', ({ egress }) => egress.listEgress(), 'FAILED'],
    ['an ingress that is not set up', ({ ingress }) => ingress.listIngress(), 'FAILED'],
    ['nobody who would answer', ({ rooms }) => rooms.mutePublishedTrack('r', 'p', 'TR_1', true), 'UNAVAILABLE'],
    ['more time than there is', ({ egress }) => egress.startRoomCompositeEgress('there', FILE), 'UNAVAILABLE'],
  ])('fail with a code: %s', async (_what, call, code) => {
    const [rooms, egress, ingress] = [RoomServiceClient, EgressClient, IngressClient];
    const clients = { rooms: app.app.get(rooms), egress: app.app.get(egress), ingress: app.app.get(ingress) };
    await clients.rooms.createRoom({ name: 'there' });
    await expect(call(clients)).rejects.toMatchObject({ code: `LIVEKIT_${code}` });
  });

  it('fail with a code for what is forbidden about who is there, unmuting, and for what LiveKit does not have', async () => {
    const alice = await Participant.join(livekit.url, await requestToken(app, 'stage', 'Alice'));
    const track = await alice.publish();
    const rooms = app.app.get(RoomServiceClient);
    expect((await rooms.mutePublishedTrack('stage', 'Alice', track, true)).muted).toBe(true);
    const unmuting = rooms.mutePublishedTrack('stage', 'Alice', track, false);
    await expect(unmuting).rejects.toMatchObject({ code: 'LIVEKIT_CONFLICT' });
    const moving = rooms.moveParticipant('stage', 'Alice', 'another');
    await expect(moving).rejects.toMatchObject({ code: 'LIVEKIT_FAILED' });
    await alice.leave();
  });

  it('fail with a code when it is gone', async () => {
    await livekit.stop();
    await expect(app.app.get(RoomServiceClient).listRooms()).rejects.toMatchObject({ code: 'LIVEKIT_UNAVAILABLE' });
  });
});
