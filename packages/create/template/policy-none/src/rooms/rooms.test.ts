import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';

import { type RunningApp, startApp, stopAll, verifyToken } from 'livekit-token-service/testing';

import { RoomsModule } from './rooms.module.js';

let service: RunningApp;
before(async () => {
  service = await startApp({ TOKEN_RESPONSE_FORMAT: 'text' }, { modules: [RoomsModule] });
});
after(stopAll);

const join = (roomName: string): Promise<Response> => service.post('/token', { roomName, participantName: 'Alice' });

it('admits to rooms with plain names', async () => {
  const response = await join('daily');
  assert.equal(response.status, 200);
  const { video, sub } = await verifyToken(await response.text());
  assert.equal(sub, 'Alice');
  assert.equal(video['room'], 'daily');
  assert.notEqual(video['canPublish'], false);
});

it('lets participants of broadcasts listen only', async () => {
  const { video } = await verifyToken(await (await join('broadcast-monday')).text());
  assert.equal(video['canPublish'], false);
});

it('refuses other names', async () => {
  assert.equal((await join('Daily meeting')).status, 403);
});
