/** Every decision about a token is written down in one line that holds no secret. */
import { describe, expect, it } from '@jest/globals';

import { startApp } from '../src/testing/start-app.js';
import { FakeIssuer } from '../src/testing/fake-issuer.js';
import { temporaryFile } from './support/temporary-file.js';

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

  it('names caller, room, identity and policy of a refusal by join rules', async () => {
    const issuer = await FakeIssuer.start();
    const { path: JOIN_RULES_FILE } = temporaryFile('- { rooms: [open] }');
    const service = await startApp({ ...issuer.settings, JOIN_RULES_FILE });
    const authorization = `Bearer ${await issuer.sign({ sub: 'alice' })}`;
    const body = { roomName: 'closed', participantName: 'somebody else' };
    await service.post('/token', body, { authorization, 'x-request-id': 'refused' });
    await service.post('/token', { roomName: 'closed' }, { authorization, 'x-request-id': 'invalid' });
    const decision = { context: 'Token', message: 'refused', route: '/token', room: 'closed', identity: 'alice' };
    const lines = service.output.lines().filter(({ context }) => context === 'Token');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatchObject({
      ...decision,
      caller: `${issuer.settings.OIDC_ISSUER} alice`,
      policy: 'JoinRulesPolicy',
      code: 'ROOM_NOT_ALLOWED',
      requestId: 'refused',
    });
    expect(lines[1]).toMatchObject({ ...decision, code: 'NAMES_REQUIRED', requestId: 'invalid' });
    await service.close();
    await issuer.stop();
  });
});
