/** What administrators of a room may do about its participants by HTTP, and that no other caller may. */
import { Injectable, Module } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { TokenPolicy } from '../src/policy/token-policy.decorator.js';

import { Visitors } from './support/access.js';
import { type RunningApp, startApp } from '../src/testing/start-app.js';
import { eventually } from '../src/testing/eventually.js';
import { FakeLiveKit } from '../src/testing/fake-livekit.js';
import { FakeIssuer } from '../src/testing/fake-issuer.js';
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
  await issuer.stop();
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

describe('an administrator of a room', () => {
  const ROOM = 'help/Größe 日本語';
  const HOST = { sub: 'helper', role: 'helper', name: 'Helper' };
  let visitors: Visitors;
  let host: string;
  beforeAll(async () => {
    visitors = new Visitors(issuer, livekit, [service]);
    host = await issuer.sign(HOST);
  });

  const path = (what: string, room = ROOM): string => `${enc(room)}/${what}`;
  const identities = async (room = ROOM): Promise<unknown[]> => {
    const { participants } = await call('GET', path('participants', room), host);
    return (participants as { identity: string }[]).map(({ identity }) => identity).toSorted();
  };

  /** The service records a removal after LiveKit has done it. */
  const recorded = (identity: string): Promise<boolean> =>
    eventually(async () => !(await identities()).includes(identity));

  it('sees who is present', async () => {
    await visitors.enter(ROOM, HOST);
    await visitors.enter(ROOM, { sub: 'a/ü 1' });
    const { participants } = await call('GET', path('participants'), host);
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as unknown;
    expect(participants).toEqual([
      { identity: 'helper', name: 'Helper', joinedAt: time, endsAt: null, rule: 'helpers' },
      { identity: 'a/ü 1', name: null, joinedAt: time, endsAt: null, rule: '3' },
    ]);
  });

  it('removes a participant, whose old token is void, and who may ask for a new one', async () => {
    expect(codeOf(await call('DELETE', path(`participants/${enc('a/ü 1')}`), host))).toBe('204');
    await visitors.gone(ROOM, 'a/ü 1');
    await recorded('a/ü 1');
    expect(await identities()).toEqual(['helper']);
    expect(codeOf(await call('DELETE', path(`participants/${enc('a/ü 1')}`), host))).toBe('404 ACCESS_NOT_FOUND');
    await visitors.join(ROOM, 'a/ü 1');
    await visitors.gone(ROOM, 'a/ü 1');
    await recorded('a/ü 1');
    await visitors.enter(ROOM, { sub: 'a/ü 1' });
    expect(await identities()).toEqual(['a/ü 1', 'helper']);
    const lines = service.output
      .lines()
      .filter(({ context, message }) => context === 'RoomModeration' && message === 'removed');
    expect(lines).toEqual([expect.objectContaining({ room: ROOM, identity: 'a/ü 1', by: `${issuer.url} helper` })]);
  });

  it('bans a participant from this room alone, also one who is not there, until the ban is lifted', async () => {
    for (const identity of ['a/ü 1', 'absent']) {
      expect(codeOf(await call('DELETE', path(`participants/${enc(identity)}`), host, { banFor: '1h' }))).toBe('204');
    }
    await visitors.gone(ROOM, 'a/ü 1');
    for (const sub of ['a/ü 1', 'absent']) {
      expect(await visitors.ask(ROOM, { sub })).toEqual([403, 'ACCESS_REVOKED']);
      expect(await visitors.ask('help/other', { sub })).toEqual([201]);
    }
    expect(codeOf(await call('DELETE', path('bans/absent'), host))).toBe('204');
    expect(codeOf(await call('DELETE', path('bans/absent'), host))).toBe('404 ACCESS_NOT_FOUND');
    expect(codeOf(await call('DELETE', path(`bans/${enc('a/ü 1')}`, 'help/other'), host))).toBe('404 ACCESS_NOT_FOUND');
    expect(await visitors.ask(ROOM, { sub: 'absent' })).toEqual([201]);
    expect(await visitors.ask(ROOM, { sub: 'a/ü 1' })).toEqual([403, 'ACCESS_REVOKED']);
  });

  it('has a ban that ends by itself', async () => {
    expect(codeOf(await call('DELETE', path('participants/brief'), host, { banFor: '3s' }))).toBe('204');
    expect(await visitors.ask(ROOM, { sub: 'brief' })).toEqual([403, 'ACCESS_REVOKED']);
    await eventually(async () => (await visitors.ask(ROOM, { sub: 'brief' }))[0] === 201);
  });

  it('who is banned is none', async () => {
    const second = { sub: 'second', role: 'helper' };
    const token = await issuer.sign(second);
    expect(codeOf(await call('GET', path('participants'), token))).toBe('200');
    expect(codeOf(await call('DELETE', path('participants/second'), host, { banFor: '1h' }))).toBe('204');
    expect(codeOf(await call('GET', path('participants'), token))).toBe('403 ACCESS_REVOKED');
    expect(codeOf(await call('DELETE', path('bans/second'), token))).toBe('403 ACCESS_REVOKED');
  });

  it('removes participants whom this service did not admit', async () => {
    livekit.join(ROOM, 'sip caller');
    expect(codeOf(await call('DELETE', path('participants/sip%20caller'), host))).toBe('204');
    expect(visitors.isInside(ROOM, 'sip caller')).toBe(false);
  });

  it('is told when LiveKit cannot be reached and nothing is known of the participant', async () => {
    livekit.failNext({ status: 503, code: 'unavailable' });
    expect(codeOf(await call('DELETE', path('participants/nobody'), host))).toBe('503 LIVEKIT_UNAVAILABLE');
  });

  it('ends access within the room alone', async () => {
    await visitors.enter(ROOM, { sub: 'both' });
    await visitors.enter('help/other', { sub: 'both' });
    await visitors.enter('studio', { sub: 'both' });
    expect(codeOf(await call('DELETE', path('participants/both', 'studio'), host))).toBe('403 NOT_ROOM_ADMIN');
    expect(codeOf(await call('DELETE', path('participants/both'), host))).toBe('204');
    await visitors.gone(ROOM, 'both');
    expect([visitors.isInside('help/other', 'both'), visitors.isInside('studio', 'both')]).toEqual([true, true]);
    expect(await visitors.ask(ROOM, { sub: 'both' })).toEqual([201]);
  });

  it('ends the room for everybody, and nothing else', async () => {
    await visitors.enter(ROOM, { sub: 'guest' });
    expect(codeOf(await call('POST', path('end'), host))).toBe('204');
    expect(livekit.calls.some(({ method, body }) => method === 'DeleteRoom' && body['room'] === ROOM)).toBe(true);
    await visitors.join(ROOM, 'guest');
    await visitors.gone(ROOM, 'guest');
    await recorded('guest');
    expect([visitors.isInside('help/other', 'both'), visitors.isInside('studio', 'both')]).toEqual([true, true]);
    await visitors.enter(ROOM, { sub: 'guest' });
    expect(visitors.isInside(ROOM, 'guest')).toBe(true);
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
