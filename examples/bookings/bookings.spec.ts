import { expect, it } from '@jest/globals';

import { eventBody, sendWebhook, startApp } from 'livekit-token-service/testing';

import { BookingsModule } from './bookings.module.js';

it('lets people into booked rooms alone, and shows which have started', async () => {
  const service = await startApp({ BOOKED_ROOMS: 'daily,weekly' }, { modules: [BookingsModule] });
  const join = async (roomName: string): Promise<number> =>
    (await service.post('/token', { roomName, participantName: 'p' })).status;
  expect([await join('daily'), await join('other')]).toEqual([200, 403]);

  const started = eventBody('room_started', { room: { sid: 'RM_1', name: 'daily' } });
  expect((await sendWebhook(service.url, started)).status).toBe(200);
  expect(await (await fetch(`${service.url}/bookings`)).json()).toEqual([
    { room: 'daily', started: true },
    { room: 'weekly', started: false },
  ]);
  await service.close();
});
