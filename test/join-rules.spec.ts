/** JOIN_RULES_FILE decides who joins which rooms with which grants, for verified callers and for anonymous ones. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type RunningApp, startApp } from '../src/testing/start-app.js';
import { eventually } from '../src/testing/eventually.js';
import { FakeIssuer } from '../src/testing/fake-issuer.js';
import { type LiveKitClaims, verifyToken } from '../src/testing/livekit-token.js';
import { temporaryFile } from './support/temporary-file.js';

const RULES = `
- rooms: ['support-*', lobby]
  callers: { groups: staff }
  grants: { roomAdmin: true, canPublishSources: [camera, microphone], hidden: true }
  ttl: 5m
- rooms: [lobby, 'support-*']
  grants: { canPublish: false }
- rooms: ['\${tenant}-*']
`;

const claimsOf = async (response: Response): Promise<LiveKitClaims> => verifyToken((await response.json()) as string);

describe('JOIN_RULES_FILE', () => {
  let issuer: FakeIssuer;
  let service: RunningApp;
  beforeAll(async () => {
    issuer = await FakeIssuer.start();
    service = await startApp({ ...issuer.settings, JOIN_RULES_FILE: temporaryFile(RULES).path });
  });
  afterAll(async () => {
    await service.close();
    await issuer.stop();
  });

  const join = async (roomName: string, claims: Record<string, unknown>, id = ''): Promise<Response> =>
    service.post(
      '/token',
      { roomName, participantName: 'p' },
      { authorization: `Bearer ${await issuer.sign(claims)}`, 'x-request-id': id },
    );

  it('gives the grants and the ttl of the first rule that is met', async () => {
    const staff = await claimsOf(await join('support-1', { groups: ['x', 'staff'] }));
    expect(staff.video).toEqual({
      roomJoin: true,
      room: 'support-1',
      roomAdmin: true,
      hidden: true,
      canPublishSources: ['camera', 'microphone'],
    });
    expect((staff.exp ?? 0) - (staff.nbf ?? 0)).toBe(300);

    const guest = await claimsOf(await join('support-1', { groups: ['guests'] }));
    expect(guest.video).toEqual({ roomJoin: true, room: 'support-1', canPublish: false });
    expect((guest.exp ?? 0) - (guest.nbf ?? 0)).toBe(600);
  });

  it('says in the audit which rule it was, and what was granted', async () => {
    await join('lobby', { groups: 'staff' }, 'audited');
    expect(service.output.lines().find(({ requestId }) => requestId === 'audited')).toMatchObject({
      message: 'issued',
      caller: `${issuer.url} user-1`,
      identity: 'user-1',
      room: 'lobby',
      rule: 1,
      ttl: 300,
      grants: { roomAdmin: true, hidden: true },
    });
  });

  it('refuses where no rule is met, and says so in the audit', async () => {
    const response = await join('board', { groups: ['staff'] }, 'refused-1');
    expect(response.status).toBe(403);
    expect(response.headers.get('www-authenticate')).toBeNull();
    expect(service.output.lines().find(({ requestId }) => requestId === 'refused-1')).toMatchObject({
      message: 'refused',
      code: 'ROOM_NOT_ALLOWED',
      policy: 'JoinRulesPolicy',
      room: 'board',
      caller: `${issuer.url} user-1`,
    });
  });

  it.each(['*', '{a,b}', '!(x)', 'acm*', '.*', '', 42, null, ['acme'], { acme: 1 }])(
    'opens no foreign room to a tenant %j',
    async (tenant) => {
      for (const room of ['acme-1', '-1', '42-1', 'null-1', 'undefined-1', '[object Object]-1', 'a-1', 'x-1']) {
        expect((await join(room, { tenant })).status).toBe(403);
      }
    },
  );

  it('opens the own rooms to a tenant', async () => {
    expect((await join('acme-1', { tenant: 'acme' })).status).toBe(200);
    expect((await join('acme', { tenant: 'acme' })).status).toBe(403);
    expect((await join('Acme-1', { tenant: 'acme' })).status).toBe(403);
  });
});

describe('JOIN_RULES_FILE without authentication', () => {
  it('holds for anonymous callers, who have no claims', async () => {
    const service = await startApp({ JOIN_RULES_FILE: temporaryFile(RULES).path });
    const status = async (roomName: string, path = '/token'): Promise<number> =>
      (await service.post(path, { roomName, room_name: roomName, participantName: 'p' })).status;
    expect(await status('support-1')).toBe(200);
    expect(await status('support-1', '/livekit/token')).toBe(201);
    for (const room of ['board', '-1', 'undefined-1', '${tenant}-1']) {
      expect(await status(room)).toBe(403);
      expect(await status(room, '/livekit/token')).toBe(403);
    }
    await service.close();
  });

  it('takes over a changed file, and keeps the last good rules over a broken one', async () => {
    const rules = temporaryFile('- rooms: [one]');
    const service = await startApp({ JOIN_RULES_FILE: rules.path });
    const opens = async (roomName: string): Promise<boolean> =>
      (await service.post('/token', { roomName, participantName: 'p' })).status === 200;
    const read = (): number => service.output.text().split('JOIN_RULES_FILE was read').length - 1;

    rules.replace('- rooms: [two]');
    await eventually(() => read() === 2);
    expect([await opens('one'), await opens('two')]).toEqual([false, true]);

    rules.replace('- rooms: [three]\n  grants: { roomCreate: true }');
    const line = await eventually(() =>
      service.output.lines().find(({ message }) => String(message).includes('invalid')),
    );
    expect(line).toMatchObject({ level: 'error', errors: [expect.stringContaining('rule 1: grants: roomCreate')] });
    expect([await opens('two'), await opens('three')]).toEqual([true, false]);

    rules.replace('- rooms: [*three]');
    await eventually(() => service.output.text().includes('BAD_ALIAS'));
    expect(await opens('two')).toBe(true);

    rules.replace('- rooms: [three]');
    await eventually(() => read() === 3);
    expect(await opens('three')).toBe(true);
    await service.close();
  });

  it.each([
    ['an error', '- rooms: [a]\n- { rooms: [b], ttl: 1s }', /JOIN_RULES_FILE rule 2: ttl/],
    ['nothing in it', '', /JOIN_RULES_FILE must be a list/],
    ['an alias of nothing', '- rooms: [a]\n- rooms: [*b]', /JOIN_RULES_FILE is not valid YAML \(line 2/],
  ])('stops the start with %s', async (_what, content, message) => {
    await expect(startApp({ JOIN_RULES_FILE: temporaryFile(content).path })).rejects.toThrow(message);
  });
});
