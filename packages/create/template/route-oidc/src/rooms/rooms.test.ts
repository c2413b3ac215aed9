import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';

import { FakeIssuer, FakeLiveKit, type RunningApp, startApp, stopAll } from 'livekit-token-service/testing';

import { RoomsModule } from './rooms.module.js';

let issuer: FakeIssuer;
let livekit: FakeLiveKit;
let service: RunningApp;
before(async () => {
  issuer = await FakeIssuer.start();
  livekit = await FakeLiveKit.start();
  service = await startApp({ ...issuer.settings, LIVEKIT_URL: livekit.url }, { modules: [RoomsModule] });
});
after(stopAll);

const caller = async (): Promise<{ authorization: string }> => ({
  authorization: `Bearer ${await issuer.sign({ sub: 'alice' })}`,
});
const list = async (headers: Record<string, string>): Promise<Response> =>
  fetch(`${service.url}/rooms/daily/participants`, { headers });

it('lists who is in a room, for callers with an access token', async () => {
  livekit.join('daily', 'alice');
  livekit.join('daily', 'bob');
  const response = await list(await caller());
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), [
    { identity: 'alice', name: '' },
    { identity: 'bob', name: '' },
  ]);
  assert.equal((await list({})).status, 401);
});

it('responds 503 if LiveKit cannot be reached', async () => {
  livekit.failNext({ status: 503, code: 'unavailable' });
  assert.equal((await list(await caller())).status, 503);
});

it('issues tokens to callers with an access token', async () => {
  const body = { roomName: 'daily', participantName: 'Alice' };
  assert.equal((await service.post('/token', body, await caller())).status, 200);
  assert.equal((await service.post('/token', body)).status, 401);
});
