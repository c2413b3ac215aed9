import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';

import { eventBody, type RunningApp, sendWebhook, startApp, stopAll } from 'livekit-token-service/testing';

import { RoomsListener } from './rooms.listener.js';
import { RoomsModule } from './rooms.module.js';

let service: RunningApp;
before(async () => {
  service = await startApp({}, { modules: [RoomsModule] });
});
after(stopAll);

const ROOM = { sid: 'RM_1', name: 'daily' };
const tell = async (event: string, identity: string): Promise<number> => {
  const participant = { sid: `PA_${identity}`, identity };
  return (await sendWebhook(service.url, eventBody(event, { room: ROOM, participant }))).status;
};
const present = (): string[] => [...service.app.get(RoomsListener).present('daily')];

it('knows who has joined and left', async () => {
  assert.equal(await tell('participant_joined', 'alice'), 200);
  assert.equal(await tell('participant_joined', 'bob'), 200);
  assert.deepEqual(present(), ['alice', 'bob']);
  assert.equal(await tell('participant_left', 'alice'), 200);
  assert.deepEqual(present(), ['bob']);
});

it('forgets a room that has finished', async () => {
  assert.equal((await sendWebhook(service.url, eventBody('room_finished', { room: ROOM }))).status, 200);
  assert.deepEqual(present(), []);
});

it('hears LiveKit alone', async () => {
  const forged = eventBody('participant_joined', { room: ROOM, participant: { sid: 'PA_1', identity: 'mallory' } });
  assert.equal((await sendWebhook(service.url, forged, { secret: 'another' })).status, 401);
  assert.deepEqual(present(), []);
});

it('issues tokens', async () => {
  const { status } = await service.post('/token', { roomName: 'daily', participantName: 'Alice' });
  assert.equal(status, 200);
});
