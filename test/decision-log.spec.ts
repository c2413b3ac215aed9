/** Every decision about a token is written down in one line that holds no secret. */
import { describe, expect, it } from '@jest/globals';

import { startApp } from './support/app.js';

const settings = { LIVEKIT_API_KEY: 'APIkey', LIVEKIT_API_SECRET: 'hunter2-hunter2-hunter2-hunter2-hunter2' };

describe.each(['json', 'pretty'])('the log in LOG_FORMAT=%s', (LOG_FORMAT) => {
  it('says who was let in where, for how long, and from what address, but no token', async () => {
    const service = await startApp({ ...settings, LOG_FORMAT, TOKEN_TTL: '5m' });
    const sent = { roomName: 'a\nroom', participantName: 'Alice' };
    const answer = await service.post('/token', sent, { 'x-request-id': 'one', authorization: 'Bearer hunter3' });
    const token = (await answer.json()) as string;
    await service.post('/token', { roomName: 'r' }, { 'x-request-id': 'two' });
    const text = service.output.text();
    const lines = text.split('\n').filter((line) => line.includes('issued') || line.includes('refused'));

    expect(lines).toHaveLength(2);
    for (const part of ['one', 'Alice', 'a\\nroom', '300', '127.0.0.1', '/token']) expect(lines[0]).toContain(part);
    for (const part of ['two', 'NAMES_REQUIRED', '400', '127.0.0.1', '/token']) expect(lines[1]).toContain(part);
    expect(text).not.toContain(token.split('.')[2]);
    expect(text).not.toMatch(/hunter/);
    await service.close();
  });
});

describe('the log in JSON', () => {
  it('has the facts as fields of their own', async () => {
    const service = await startApp(settings);
    await service.post('/token', { roomName: 'r', participantName: 'Alice' }, { 'x-request-id': 'one' });
    expect(service.output.lines().find(({ requestId }) => requestId === 'one')).toMatchObject({
      level: 'log',
      context: 'Token',
      message: 'issued',
      route: '/token',
      room: 'r',
      identity: 'Alice',
      ttl: 600,
      address: '127.0.0.1',
      grants: {},
    });
    await service.close();
  });
});
