import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { eventBody, sendWebhook, startApp, stopAll, verifyToken } from 'livekit-token-service/testing';

import { extensions } from './extensions.js';
import { Bookings } from './team.module.js';

after(stopAll);

test('the policy, the listener, the route', async () => {
  const service = await startApp({}, extensions);
  const open = await service.post('/token', { roomName: 'open', participantName: 'Alice' });
  assert.equal((await verifyToken((await open.json()) as string)).sub, 'Alice');
  assert.equal((await service.post('/token', { roomName: 'closed', participantName: 'Alice' })).status, 403);
  const started = eventBody('room_started', { room: { sid: 'RM_1', name: 'open' } });
  assert.equal((await sendWebhook(service.url, started)).status, 200);
  assert.deepEqual(service.app.get(Bookings).started, ['open']);
  const booked = await service.post('/bookings', { seats: 4 });
  assert.deepEqual(await booked.json(), { seats: 4, started: ['open'] });
});
