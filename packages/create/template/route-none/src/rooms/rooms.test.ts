import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';

import { FakeLiveKit, type RunningApp, startApp, stopAll } from 'livekit-token-service/testing';

import { RoomsModule } from './rooms.module.js';

let livekit: FakeLiveKit;
let service: RunningApp;
before(async () => {
  livekit = await FakeLiveKit.start();
  service = await startApp({ LIVEKIT_URL: livekit.url }, { modules: [RoomsModule] });
});
after(stopAll);

it('lists who is in a room', async () => {
  livekit.join('daily', 'alice');
  livekit.join('daily', 'bob');
  const response = await fetch(`${service.url}/rooms/daily/participants`);
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), [
    { identity: 'alice', name: '' },
    { identity: 'bob', name: '' },
  ]);
});

it('responds 503 if LiveKit cannot be reached', async () => {
  livekit.failNext({ status: 503, code: 'unavailable' });
  assert.equal((await fetch(`${service.url}/rooms/daily/participants`)).status, 503);
});

it('issues tokens', async () => {
  const { status } = await service.post('/token', { roomName: 'daily', participantName: 'Alice' });
  assert.equal(status, 200);
});
