/** What administrators of a room may do about its participants by HTTP, and that no other caller may. */
import { Injectable, Module } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { TokenPolicy } from '../src/policy/token-policy.decorator.js';

import { type RunningApp, startApp } from './support/app.js';
import { FakeLiveKit } from './support/fake-livekit.js';
import { FakeIssuer } from './support/issuer.js';
import { temporaryFile } from './support/temporary-file.js';

const RULES = `
- name: hosts
  rooms: ['\${hosts}']
  grants: { roomAdmin: true }
- name: helpers
  rooms: ['help/*']
  callers: { role: helper }
  grants: { roomAdmin: true }
- rooms: ['*']
  except: { role: stranger }
`;

const now = (): number => Math.floor(Date.now() / 1000);

let issuer: FakeIssuer;
let livekit: FakeLiveKit;
let service: RunningApp;
beforeAll(async () => {
  issuer = await FakeIssuer.start();
  livekit = await FakeLiveKit.start();
  service = await startApp({
    ...issuer.settings,
    LIVEKIT_URL: livekit.url,
    JOIN_RULES_FILE: temporaryFile(RULES).path,
    ACCESS_RECONCILE: '0',
  });
});
afterAll(async () => {
  await service.close();
  await livekit.stop();
  await issuer.down();
});

const enc = encodeURIComponent;
interface Answer {
  readonly status: number;
  readonly code?: unknown;
  readonly [member: string]: unknown;
}
const call = async (method: string, path: string, token?: string, body?: unknown): Promise<Answer> => {
  const response = await fetch(`${service.url}/access/rooms/${path}`, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { ...(text === '' ? {} : (JSON.parse(text) as object)), status: response.status };
};
const codeOf = ({ status, code }: Answer): string => (code === undefined ? `${status}` : `${status} ${String(code)}`);

describe('who may use the routes about a room', () => {
  const ROUTES: [string, string, string][] = [
    ['GET', 'participants', '200'],
    ['DELETE', 'participants/nobody', '404 ACCESS_NOT_FOUND'],
    ['DELETE', 'bans/nobody', '404 ACCESS_NOT_FOUND'],
    ['POST', 'end', '404 ACCESS_NOT_FOUND'],
  ];

  const CALLERS: [string, () => Promise<string> | string | undefined, string | undefined][] = [
    ['a host of this room', () => issuer.sign({ sub: 'host', hosts: 'stage' }), undefined],
    ['a host of another room', () => issuer.sign({ sub: 'other', hosts: 'studio' }), '403 NOT_ROOM_ADMIN'],
    ['a plain participant', () => issuer.sign({ sub: 'alice' }), '403 NOT_ROOM_ADMIN'],
    ['a caller who may not even join', () => issuer.sign({ sub: 'mallory', role: 'stranger' }), '403 NOT_ROOM_ADMIN'],
    ['an anonymous caller', () => undefined, '401 AUTHENTICATION_REQUIRED'],
    ['a host whose token has expired', () => issuer.sign({ hosts: 'stage', exp: now() - 60 }), '401 INVALID_TOKEN'],
    ['a host of another service', () => issuer.sign({ hosts: 'stage', aud: 'x' }), '401 INVALID_TOKEN'],
    ['a caller with a LiveKit token', () => 'eyJhbGciOiJIUzI1NiJ9.e30.x', '401 INVALID_TOKEN'],
  ];

  it.each(CALLERS)('%s', async (_who, sign, refusal) => {
    const token = await sign();
    for (const [method, path, answer] of ROUTES) {
      const calls = livekit.calls.length;
      expect(codeOf(await call(method, `stage/${path}`, token))).toBe(refusal ?? answer);
      if (refusal !== undefined) expect(livekit.calls).toHaveLength(calls);
    }
  });

  it('is told by the whole name of the room, however it is spelled', async () => {
    const helper = await issuer.sign({ sub: 'helper', role: 'helper' });
    const list = async (room: string): Promise<string> => codeOf(await call('GET', `${room}/participants`, helper));
    expect(await list('help%2Fdesk')).toBe('200');
    expect(await list('%68elp%2fdesk')).toBe('200');
    expect(await list(enc('help/Größe 日本語 #1?%2F'))).toBe('200');
    expect(await list('help')).toBe('403 NOT_ROOM_ADMIN');
    expect(await list(enc('x/help/desk'))).toBe('403 NOT_ROOM_ADMIN');
    expect(await list(enc('HELP/desk'))).toBe('403 NOT_ROOM_ADMIN');
    expect(await list('help/desk')).toBe('404 NOT_FOUND');
  });

  it.each([
    [`${'x'.repeat(257)}`, 'a', '400 NAME_TOO_LONG'],
    ['stage', 'x'.repeat(257), '400 NAME_TOO_LONG'],
    ['stage', enc('é'.repeat(129)), '400 NAME_TOO_LONG'],
    ['%20', 'a', '400 NAME_BLANK'],
    ['stage', '%20%0A', '400 NAME_BLANK'],
    ['stage', '%E0%A4%A', '400 BAD_REQUEST'],
    ['%ff', 'a', '400 BAD_REQUEST'],
  ])('names must be valid: room %.9s, identity %.9s', async (room, identity, answer) => {
    const host = await issuer.sign({ sub: 'host', hosts: 'stage' });
    expect(codeOf(await call('DELETE', `${room}/participants/${identity}`, host))).toBe(answer);
    expect(codeOf(await call('DELETE', `${room}/bans/${identity}`, host))).toBe(answer);
  });

  it.each([
    [{ banFor: '' }, '400 FIELD_INVALID'],
    [{ banFor: 'forever' }, '400 FIELD_INVALID'],
    [{ banFor: 3600 }, '400 FIELD_INVALID'],
    [{ banFor: '0s' }, '400 FIELD_INVALID'],
    [{ banFor: '366d' }, '400 FIELD_INVALID'],
    [{ banFor: '-1h' }, '400 FIELD_INVALID'],
    [{ banFor: ['1h'] }, '400 FIELD_INVALID'],
    [[], '400 BAD_REQUEST'],
    [{ banFor: null }, '404 ACCESS_NOT_FOUND'],
    [{ other: 1 }, '404 ACCESS_NOT_FOUND'],
    [{}, '404 ACCESS_NOT_FOUND'],
  ])('a ban must have a valid duration: %j is %s', async (body, answer) => {
    const host = await issuer.sign({ sub: 'host', hosts: 'stage' });
    expect(codeOf(await call('DELETE', 'stage/participants/nobody', host, body))).toBe(answer);
  });
});

@Injectable()
@TokenPolicy()
class BrokenPolicy {
  decide(): never {
    throw new Error('the database is away');
  }
}

@Module({ providers: [BrokenPolicy] })
class BrokenModule {}

describe('the routes', () => {
  const LOGOUT = 'POST /access/backchannel-logout';
  const ABOUT_ROOMS = [
    'GET /access/rooms/stage/participants',
    'DELETE /access/rooms/stage/participants/alice',
    'DELETE /access/rooms/stage/bans/alice',
    'POST /access/rooms/stage/end',
  ];
  const answers = async (url: string, routes: readonly string[], token?: string): Promise<string[]> => {
    const headers = { 'content-type': 'text/plain', ...(token && { authorization: `Bearer ${token}` }) };
    const responses = routes.map(async (route) => {
      const [method = '', path = ''] = route.split(' ');
      const response = await fetch(url + path, { method, headers, ...(method !== 'GET' && { body: 'x' }) });
      return codeOf({ status: response.status, ...((await response.json()) as object) });
    });
    return Promise.all(responses);
  };

  it('do not exist with AUTH_MODE=none', async () => {
    const open = await startApp({ ACCESS_ENFORCEMENT: 'on' });
    const routes = [...ABOUT_ROOMS, LOGOUT, 'POST /access/unknown'];
    expect(new Set(await answers(open.url, routes))).toEqual(new Set(['404 NOT_FOUND']));
    await open.close();
  });

  it('about rooms do not exist with ACCESS_ENFORCEMENT=off, while a logout is still heard', async () => {
    const off = await startApp({ ...issuer.settings, ACCESS_ENFORCEMENT: 'off' });
    const token = await issuer.sign({ sub: 'off', sid: 'off' });
    expect(new Set(await answers(off.url, ABOUT_ROOMS, token))).toEqual(new Set(['404 NOT_FOUND']));
    const join = (): Promise<Response> =>
      off.post('/livekit/token', { room_name: 'r' }, { authorization: `Bearer ${token}` });
    expect((await join()).status).toBe(201);
    const body = new URLSearchParams({ logout_token: await issuer.signLogout({ sid: 'off' }) });
    expect((await fetch(`${off.url}/access/backchannel-logout`, { method: 'POST', body })).status).toBe(200);
    expect((await join()).status).toBe(401);
    await off.close();
  });

  it('answer 503 if a policy cannot decide', async () => {
    const broken = await startApp(
      { ...issuer.settings, LIVEKIT_URL: livekit.url, ACCESS_RECONCILE: '0' },
      { modules: [BrokenModule] },
    );
    const url = `${broken.url}/access/rooms/stage/participants`;
    const response = await fetch(url, { headers: { authorization: `Bearer ${await issuer.sign()}` } });
    expect([response.status, await response.json()]).toMatchObject([503, { code: 'POLICY_FAILED' }]);
    await broken.close();
  });

  it('are limited by caller', async () => {
    const limited = await startApp({ ...issuer.settings, ACCESS_ENFORCEMENT: 'on', RATE_LIMIT_PER_CALLER: '3' });
    const [host, other] = [await issuer.sign({ sub: 'host' }), await issuer.sign({ sub: 'other' })];
    expect(
      await answers(limited.url, [ABOUT_ROOMS[0] ?? '', ABOUT_ROOMS[0] ?? '', ABOUT_ROOMS[0] ?? ''], host),
    ).toEqual(Array(3).fill('403 NOT_ROOM_ADMIN'));
    expect(await answers(limited.url, ABOUT_ROOMS, host)).toEqual(Array(4).fill('429 RATE_LIMITED'));
    expect(await answers(limited.url, [ABOUT_ROOMS[0] ?? ''], other)).toEqual(['403 NOT_ROOM_ADMIN']);
    await limited.close();
  });
});
