import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';

import { FakeIssuer, type RunningApp, startApp, stopAll, verifyToken } from 'livekit-token-service/testing';

import { RoomsModule } from './rooms.module.js';

let issuer: FakeIssuer;
let service: RunningApp;
before(async () => {
  issuer = await FakeIssuer.start();
  service = await startApp({ ...issuer.settings, TOKEN_RESPONSE_FORMAT: 'text' }, { modules: [RoomsModule] });
});
after(stopAll);

const join = async (roomName: string): Promise<Response> => {
  const authorization = `Bearer ${await issuer.sign({ sub: 'alice' })}`;
  return service.post('/token', { roomName, participantName: 'Alice' }, { authorization });
};

it('admits to rooms with plain names, with the identity of the access token', async () => {
  const response = await join('daily');
  assert.equal(response.status, 200);
  const { video, sub } = await verifyToken(await response.text());
  assert.equal(sub, 'alice');
  assert.equal(video['room'], 'daily');
  assert.notEqual(video['canPublish'], false);
});

it('lets participants of broadcasts listen only', async () => {
  const { video } = await verifyToken(await (await join('broadcast-monday')).text());
  assert.equal(video['canPublish'], false);
});

it('refuses other names, and callers without an access token', async () => {
  assert.equal((await join('Daily meeting')).status, 403);
  const { status } = await service.post('/token', { roomName: 'daily', participantName: 'Alice' });
  assert.equal(status, 401);
});
