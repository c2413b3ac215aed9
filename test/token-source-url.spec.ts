/** Clients of POST /livekit/token are told where to connect: LIVEKIT_URL, as the address of a WebSocket. */
import { describe, expect, it } from '@jest/globals';

import { startApp } from '../src/testing/start-app.js';
import { verifyToken } from '../src/testing/livekit-token.js';

const PATH = '/livekit/token';

describe('server_url', () => {
  it.each([
    ['ws://localhost:7880', 'ws://localhost:7880'],
    ['wss://lk.example.com', 'wss://lk.example.com'],
    ['http://10.0.0.1:7880/', 'ws://10.0.0.1:7880'],
    ['https://lk.example.com/', 'wss://lk.example.com'],
  ])('of LIVEKIT_URL=%s is %s', async (LIVEKIT_URL, expected) => {
    const service = await startApp({ LIVEKIT_URL });
    const answer = await (await service.post(PATH, {})).json();
    expect(answer).toMatchObject({ server_url: expected });
    await service.close();
  });

  it('is missing in production without LIVEKIT_URL, where only this route is closed', async () => {
    const LIVEKIT_API_SECRET = 'a-secret-of-thirty-two-characters-or-more';
    const service = await startApp({
      NODE_ENV: 'production',
      LIVEKIT_API_KEY: 'APIproduction',
      LIVEKIT_API_SECRET,
      AUTH_MODE: 'none',
    });
    const response = await service.post(PATH, {});
    expect(response.status).toBe(503);
    const problem = (await response.json()) as Record<string, unknown>;
    expect(problem).toMatchObject({ code: 'LIVEKIT_URL_MISSING', detail: expect.stringContaining('LIVEKIT_URL') });
    expect(problem).not.toHaveProperty('server_url');
    expect(problem).not.toHaveProperty('participant_token');
    const token = (await (await service.post('/token', { roomName: 'r', participantName: 'p' })).json()) as string;
    expect((await verifyToken(token, 'APIproduction', LIVEKIT_API_SECRET)).sub).toBe('p');
    await service.close();
  });
});
