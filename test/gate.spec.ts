/** The proxy before LiveKit asks the gate: what LiveKit would let in although access has ended is refused, and nothing else is. */
import { request as send } from 'node:http';
import { connect } from 'node:net';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Injectable, Module } from '@nestjs/common';
import * as fc from 'fast-check';

import { AccessService } from '../src/access/access.service.js';
import type { JoinRequest } from '../src/policy/join-request.js';
import type { JoinTerms } from '../src/policy/join-terms.js';
import { TokenPolicy, type TokenPolicyProvider } from '../src/policy/token-policy.decorator.js';

import { Visitors } from './support/access.js';
import { eventually } from '../src/testing/eventually.js';
import { type RunningApp, startApp } from '../src/testing/start-app.js';
import { FakeLiveKit } from '../src/testing/fake-livekit.js';
import { askGate, joinToken, type Question } from './support/gate.js';
import { FakeIssuer } from '../src/testing/fake-issuer.js';
import { parseMetrics, valueOf } from './support/metrics.js';
import { temporaryFile } from './support/temporary-file.js';

const RULES = `
- rooms: [hall]
  callers: { groups: staff }
  grants: { roomAdmin: true, hidden: true }
- rooms: [hall]
  callers: { groups: narrow }
  grants: { canPublishSources: [microphone], canPublishData: false }
- rooms: [hall, lobby]
- rooms: [brief]
`;

/** Access to the room `brief` ends after a second and a half. */
@Injectable()
@TokenPolicy()
class BriefStay implements TokenPolicyProvider {
  decide({ room, admittedAt = Date.now() }: JoinRequest, terms: JoinTerms): JoinTerms {
    return room === 'brief' ? { ...terms, endsAt: admittedAt + 1_500 } : terms;
  }
}

@Module({ providers: [BriefStay] })
class TeamModule {}

let issuer: FakeIssuer;
let livekit: FakeLiveKit;
let service: RunningApp;
let visitors: Visitors;
let access: AccessService;

beforeAll(async () => {
  issuer = await FakeIssuer.start();
  livekit = await FakeLiveKit.start();
  const rules = temporaryFile(RULES);
  service = await startApp(
    { ...issuer.settings, LIVEKIT_URL: livekit.url, JOIN_RULES_FILE: rules.path, ACCESS_RECONCILE: '0' },
    { modules: [TeamModule] },
  );
  visitors = new Visitors(issuer, livekit, [service]);
  access = service.app.get(AccessService);
});

afterAll(async () => {
  await service.close();
  await livekit.stop();
  await issuer.stop();
});

const ask = async (question: Question, url = service.url): Promise<[number, string?]> => {
  const { status, reason } = await askGate(url, question);
  return reason === undefined ? [status] : [status, reason];
};
const opened: [number] = [204];
const uriOf = (token: string, path = '/rtc'): string => `${path}?access_token=${token}&protocol=16`;
const join = async (token: Promise<string> | string, path?: string) => ask({ uri: uriOf(await token, path) });

/** Admits by a request for a token, and gives one with the same names. */
async function admitted(identity: string, claims: object = {}, room = 'hall', video: object = {}): Promise<string> {
  expect(await visitors.ask(room, { sub: identity, ...claims })).toEqual([201]);
  return joinToken(room, identity, video);
}

describe('a genuine token', () => {
  it.each(['/rtc', '/rtc/v1', '/rtc/validate', '/rtc/v1/validate', '/whip/v1', '/prefix/rtc'])(
    'opens %s',
    async (path) => {
      const token = await admitted('alice');
      expect(await join(token, path)).toEqual(opened);
      expect(await ask({ uri: path, headers: { Authorization: `Bearer ${token}` } })).toEqual(opened);
      expect(await ask({ headers: { 'X-Forwarded-Uri': uriOf(token, path), 'X-Forwarded-Method': 'GET' } })).toEqual(
        opened,
      );
      expect(await ask({ below: uriOf(token, path) })).toEqual(opened);
      expect(await ask({ uri: uriOf(token, path), below: uriOf(token, path) })).toEqual(opened);
    },
  );

  it('opens until its admission is over, also for a reconnect, and again with a new admission', async () => {
    const token = await admitted('bob');
    await access.end({ room: 'hall', identity: 'bob' });
    const refused = [403, 'ACCESS_REVOKED'];
    expect(await join(token)).toEqual(refused);
    expect(await ask({ uri: `${uriOf(token)}&reconnect=1&sid=PA_1` })).toEqual(refused);
    expect(await join(joinToken('hall', 'bob', { canPublish: false }), '/rtc/v1/validate')).toEqual(refused);
    expect(await join(await admitted('bob', {}, 'lobby'))).toEqual(opened);
    expect(await join(await admitted('bob'))).toEqual(opened);
    expect(await join(token)).toEqual(opened);
  });

  it('does not open during a ban, whoever signed it, until a new admission after the ban', async () => {
    const token = await admitted('carol');
    await access.end({ identity: 'carol' }, { banFor: 60 });
    expect(await join(token)).toEqual([403, 'ACCESS_REVOKED']);
    const agent = joinToken('lobby', 'carol', {}, { claims: { kind: 'agent' } });
    expect(await join(agent)).toEqual([403, 'ACCESS_REVOKED']);
    await access.lift({ identity: 'carol' });
    expect(await join(token)).toEqual([403, 'ACCESS_REVOKED']);
    await admitted('carol');
    expect(await join(token)).toEqual(opened);
  });

  it('does not open after the access that it was given for', async () => {
    const token = await admitted('dave', {}, 'brief');
    const end = Date.now() + 30_000;
    let answer = await join(token);
    while (answer[0] === 204 && Date.now() < end) answer = await join(token);
    expect(answer).toEqual([403, 'ACCESS_ENDED']);
  });

  it('does not open when the caller has logged out', async () => {
    const token = await admitted('erin', { sid: 'S1' });
    await access.end({ issuer: issuer.url, session: 'S1' }, { cause: 'logout' });
    expect(await join(token)).toEqual([403, 'ACCESS_REVOKED']);
  });

  it.each<[string, object]>([
    ['everything', {}],
    ['no sources named', { canPublishData: false }],
    ['another source', { canPublishSources: ['microphone', 'camera'], canPublishData: false }],
    ['an unknown source', { canPublishSources: ['smell'], canPublishData: false }],
    ['data', { canPublishSources: ['microphone'] }],
    ['metadata', { canPublishSources: ['microphone'], canPublishData: false, canUpdateOwnMetadata: true }],
    ['metrics', { canPublish: false, canSubscribeMetrics: true }],
    ['hiding', { canPublish: false, hidden: true }],
    ['administration', { canPublish: false, roomAdmin: true }],
    ['creation of rooms', { canPublish: false, roomCreate: true }],
    ['another room', { canPublish: false, destinationRoom: 'lobby' }],
    ['names in other case', { canPublish: false, ROOMADMIN: true }],
    ['null for the default', { canPublish: null, canPublishData: false }],
  ])('does not open with more than was granted: %s', async (_what, video) => {
    await admitted('frank', { groups: ['narrow'] });
    expect(await join(joinToken('hall', 'frank', video))).toEqual([403, 'GRANTS_TOO_WIDE']);
  });

  it('opens with what was granted, or less', async () => {
    await admitted('grace', { groups: ['staff'] });
    expect(await join(joinToken('hall', 'grace', { roomAdmin: true, hidden: true }))).toEqual(opened);
    await admitted('grace', { groups: ['narrow'] });
    for (const video of [
      { canPublishSources: ['microphone'], canPublishData: false },
      { canPublish: false },
      { canPublish: false, canSubscribe: false, canPublishSources: ['camera'] },
    ]) {
      expect(await join(joinToken('hall', 'grace', video))).toEqual(opened);
    }
    expect(await join(joinToken('hall', 'grace', { canPublish: false, roomAdmin: true }))).toEqual([
      403,
      'GRANTS_TOO_WIDE',
    ]);
  });

  it('does not open for another identity by `publish`', async () => {
    const token = await admitted('heidi');
    expect(await ask({ uri: `${uriOf(token)}&publish=camera` })).toEqual([403, 'GRANTS_TOO_WIDE']);
  });

  it('that LiveKit renewed for a connection by `publish` is decided by the admission that the connection came from', async () => {
    await admitted('kim', { groups: ['narrow'] });
    const narrow = joinToken('hall', 'kim#screen#1', { canPublishSources: ['microphone'], canPublishData: false });
    expect(await join(narrow)).toEqual(opened);
    expect(await join(joinToken('hall', 'kim#screen#1'))).toEqual([403, 'GRANTS_TOO_WIDE']);
    await access.end({ room: 'hall', identity: 'kim' });
    expect(await join(narrow)).toEqual([403, 'ACCESS_REVOKED']);
    await access.end({ room: 'hall', identity: 'lou' }, { banFor: 60 });
    expect(await join(joinToken('hall', 'lou#screen'))).toEqual([403, 'ACCESS_REVOKED']);
    expect(await join(joinToken('hall', 'louis#screen'))).toEqual(opened);
  });
});

describe('a token without an admission', () => {
  let strict: RunningApp;
  beforeAll(async () => {
    strict = await startApp({
      ...issuer.settings,
      LIVEKIT_URL: livekit.url,
      GATE_UNKNOWN: 'refuse',
      GATE_TOKEN: 'f38aJq0ZpV7dKx2m',
      RATE_LIMIT_PER_ADDRESS: '1',
      ACCESS_RECONCILE: '0',
    });
  });
  afterAll(() => strict.close());

  const headers = { 'X-Gate-Token': 'f38aJq0ZpV7dKx2m' };
  const others: [string, object, Record<string, unknown>][] = [
    ['an agent', {}, { kind: 'agent' }],
    ['an agent worker', { agent: true }, {}],
    ['egress', { recorder: true, hidden: true, canPublish: false }, { kind: 'egress' }],
    ['a recorder', { recorder: true }, {}],
    ['ingress', {}, { kind: 'ingress' }],
    ['SIP', {}, { kind: 'sip' }],
  ];

  it.each(others)('opens for %s, whatever GATE_UNKNOWN says', async (_what, video, claims) => {
    const uri = uriOf(await joinToken('hall', 'service', video, { claims }));
    expect(await ask({ uri, headers }, strict.url)).toEqual(opened);
    expect(await ask({ uri })).toEqual(opened);
  });

  it('opens for others by GATE_UNKNOWN, but not after their removal', async () => {
    const uri = uriOf(await joinToken('hall', 'a stranger'));
    expect(await ask({ uri })).toEqual(opened);
    expect(await ask({ uri, headers }, strict.url)).toEqual([403, 'ADMISSION_UNKNOWN']);
    await access.end({ room: 'hall', identity: 'a stranger' });
    expect(await ask({ uri })).toEqual([403, 'ACCESS_REVOKED']);
    expect(await join(joinToken('lobby', 'a stranger'))).toEqual(opened);
  });

  it('is refused without a room or an identity, which earlier versions of LiveKit take from elsewhere', async () => {
    expect(await join(joinToken('', 'alice'))).toEqual([403, 'ADMISSION_UNKNOWN']);
    expect(await join(joinToken('hall', ''))).toEqual([403, 'ADMISSION_UNKNOWN']);
  });

  it('is decided by `jti` where there is no `sub`, as in LiveKit', async () => {
    await admitted('ivan');
    await access.end({ room: 'hall', identity: 'ivan' });
    const token = joinToken('hall', '', {}, { claims: { sub: undefined, jti: 'ivan' } });
    expect(await join(token)).toEqual([403, 'ACCESS_REVOKED']);
  });

  it('asks for GATE_TOKEN, and has no limit by address', async () => {
    const uri = '/';
    for (const given of [
      {},
      { 'X-Gate-Token': 'wrong' },
      { 'X-Gate-Token': ['f38aJq0ZpV7dKx2m', 'f38aJq0ZpV7dKx2m'] },
    ]) {
      expect(await ask({ uri, headers: given }, strict.url)).toEqual([403, 'GATE_TOKEN_INVALID']);
    }
    for (let count = 0; count < 5; count += 1) expect(await ask({ uri, headers }, strict.url)).toEqual(opened);
  });
});

describe('what LiveKit decides itself', () => {
  it.each([
    '/',
    '/twirp/livekit.RoomService/ListRooms',
    '/agent',
    '/settings/regions',
    '/rtcx',
    '/?access_token=x',
    '/a?x=/rtc',
  ])('passes: %s', async (uri) => {
    expect(await ask({ uri })).toEqual(opened);
  });

  it('passes: a token that does not let its holder join', async () => {
    expect(await join(joinToken('hall', 'alice', { roomJoin: false, roomAdmin: true }))).toEqual(opened);
  });

  it('passes: a preflight without a token, and none with one', async () => {
    const preflight = {
      method: 'OPTIONS',
      headers: { Origin: 'https://app.example', 'Access-Control-Request-Method': 'POST' },
    };
    expect(await ask({ ...preflight, below: '/whip/v1' })).toEqual(opened);
    expect(await ask({ ...preflight, below: '/rtc?access_token=a.b.c' })).toEqual([401, 'JOIN_TOKEN_INVALID']);
    const { headers } = await askGate(service.url, { ...preflight, below: '/rtc' });
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });
});

describe('what cannot be decided is refused:', () => {
  let good: string;
  let ended: string;
  beforeAll(async () => {
    good = await admitted('judy');
    ended = await admitted('mallory');
    await access.end({ room: 'hall', identity: 'mallory' });
  });

  it.each([
    '/rtc/',
    '//rtc',
    '/RTC',
    '/%72tc',
    '/%72%74%63',
    '/%2572tc',
    '/rtc%2Fv1',
    '/x/../rtc',
    '/./rtc',
    '/rtc;x',
    '/whip/v1/PA_1',
  ])('a void token at %s, which some server may take for a door of LiveKit', async (path) => {
    expect(await join(ended, path)).toEqual([403, 'ACCESS_REVOKED']);
  });

  it.each<[string, () => Question, [number, string]]>([
    ['no address', () => ({}), [400, 'GATE_ADDRESS_INVALID']],
    ['no address with OPTIONS', () => ({ method: 'OPTIONS' }), [400, 'GATE_ADDRESS_INVALID']],
    ['a void token with OPTIONS', () => ({ method: 'OPTIONS', uri: uriOf(ended) }), [403, 'ACCESS_REVOKED']],
    ['no address but a query of the gate', () => ({ below: `?access_token=${good}` }), [400, 'GATE_ADDRESS_INVALID']],
    ['an empty address', () => ({ uri: '' }), [400, 'GATE_ADDRESS_INVALID']],
    [
      'two addresses',
      () => ({ uri: '/', headers: { 'X-Forwarded-Uri': uriOf(ended) } }),
      [400, 'GATE_ADDRESS_INVALID'],
    ],
    ['an address beside that of Envoy', () => ({ uri: '/', below: uriOf(ended) }), [400, 'GATE_ADDRESS_INVALID']],
    ['a header twice', () => ({ headers: { 'X-Original-URI': ['/', uriOf(ended)] } }), [400, 'GATE_ADDRESS_INVALID']],
    ['a whole URL', () => ({ uri: `https://example.com${uriOf(ended)}` }), [400, 'GATE_ADDRESS_INVALID']],
    ['an invalid encoding', () => ({ uri: '/%zz' }), [400, 'GATE_ADDRESS_INVALID']],
    ['a NUL', () => ({ uri: uriOf(ended, '/rtc%00') }), [400, 'GATE_ADDRESS_INVALID']],
    ['no token', () => ({ uri: '/rtc?protocol=16' }), [401, 'JOIN_TOKEN_MISSING']],
    ['an empty token', () => ({ uri: '/rtc?access_token=' }), [401, 'JOIN_TOKEN_MISSING']],
    ['two tokens', () => ({ uri: `${uriOf(good)}&access_token=${ended}` }), [403, 'JOIN_TOKEN_AMBIGUOUS']],
    ['two names of a token', () => ({ uri: `${uriOf(good)}&access%5Ftoken=${ended}` }), [403, 'JOIN_TOKEN_AMBIGUOUS']],
    [
      'different tokens',
      () => ({ uri: uriOf(good), headers: { Authorization: `Bearer ${ended}` } }),
      [403, 'JOIN_TOKEN_AMBIGUOUS'],
    ],
    ['a body', () => ({ below: uriOf(good), method: 'POST' }), [403, 'JOIN_TOKEN_AMBIGUOUS']],
    [
      'a body at nginx',
      () => ({ uri: uriOf(good), headers: { 'X-Original-Method': 'POST' } }),
      [403, 'JOIN_TOKEN_AMBIGUOUS'],
    ],
    [
      'a body at Caddy',
      () => ({ headers: { 'X-Forwarded-Uri': uriOf(good), 'X-Forwarded-Method': 'PUT', 'X-Original-Method': 'GET' } }),
      [403, 'JOIN_TOKEN_AMBIGUOUS'],
    ],
    [
      'another scheme',
      () => ({ uri: uriOf(good), headers: { Authorization: `Basic ${good}` } }),
      [401, 'JOIN_TOKEN_INVALID'],
    ],
    [
      'a scheme in small letters',
      () => ({ uri: '/rtc', headers: { Authorization: `bearer ${good}` } }),
      [401, 'JOIN_TOKEN_INVALID'],
    ],
    ['a token behind a semicolon', () => ({ uri: `/rtc?a=1;access_token=${ended}` }), [401, 'JOIN_TOKEN_MISSING']],
    ['an invalid encoding in a token', () => ({ uri: `${uriOf(`${good}%zz`)}` }), [401, 'JOIN_TOKEN_INVALID']],
    ['a NUL in a token', () => ({ uri: uriOf(`${good}%00`) }), [401, 'JOIN_TOKEN_INVALID']],
  ])('%s', async (_what, question, answer) => {
    expect(await ask(question())).toEqual(answer);
  });

  it('two Authorization headers', async () => {
    const { hostname, port } = new URL(service.url);
    const raw = [
      'Host',
      hostname,
      'X-Original-URI',
      '/rtc',
      'Authorization',
      `Bearer ${good}`,
      'Authorization',
      `Bearer ${ended}`,
    ];
    const status = await new Promise((resolve, reject) => {
      send({ hostname, port, path: '/livekit/gate', headers: raw }, ({ statusCode }) => resolve(statusCode))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(403);
  });

  it('a URL of 64 KiB', async () => {
    const { hostname, port } = new URL(service.url);
    const socket = connect(Number(port), hostname);
    let received = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      received += chunk;
    });
    // Node closes the connection while the rest is still being sent, so that the response can be lost.
    const closed = new Promise((resolve) => {
      socket.on('error', () => undefined).on('close', resolve);
    });
    socket.write(`GET /livekit/gate HTTP/1.1\r\nHost: gate\r\nX-Original-URI: ${uriOf('x'.repeat(65_536))}\r\n\r\n`);
    await closed;
    expect(received).toMatch(/^(?:HTTP\/1\.1 431 |$)/);
  });

  it('a token that LiveKit does not accept either', async () => {
    const now = Math.floor(Date.now() / 1000);
    const tokens = await Promise.all([
      joinToken('hall', 'judy', {}, { secret: 'another' }),
      joinToken('hall', 'judy', {}, { key: 'another' }),
      joinToken('hall', 'judy', {}, { alg: 'HS512' }),
      joinToken('hall', 'judy', {}, { claims: { exp: now - 65 } }),
      joinToken('hall', 'judy', {}, { claims: { nbf: now + 65 } }),
      joinToken('hall', 'judy', {}, { claims: { exp: undefined } }),
      joinToken('hall', 'judy', {}, { claims: { exp: String(now + 600) } }),
      joinToken('hall', 'judy', {}, { claims: { nbf: String(now) } }),
      joinToken('hall', 'judy', {}, { claims: { Video: {} } }),
    ]);
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${good.split('.')[1]}.`;
    for (const token of [...tokens, unsigned, 'a.b.c', '.', 'null', good.slice(0, -3), `${good}.`]) {
      expect(await join(token)).toEqual([401, 'JOIN_TOKEN_INVALID']);
    }
    for (const claims of [{ exp: now - 50 }, { nbf: now + 50 }]) {
      expect(await join(joinToken('hall', 'judy', {}, { claims }))).toEqual(opened);
    }
  });

  it('anything: the gate never fails, and opens only where nobody joins or with a good token', async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '/',
        '//',
        'rtc',
        'RTC',
        '%72tc',
        '%2572tc',
        'v1',
        'validate',
        '..',
        '?',
        '&',
        ';',
        '#',
        '=',
        '%',
        '%zz',
        '%00',
      ),
      fc.constantFrom('access_token=', 'access%5ftoken=', 'ENDED', 'publish=x', 'reconnect=1'),
      fc.string({ maxLength: 4 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 10 }), fc.boolean(), async (pieces, inHeader) => {
        const uri = `/${pieces.join('').replaceAll('ENDED', ended)}`.replaceAll(/[^\x20-\x7e]/g, '');
        const headers = inHeader ? { Authorization: `Bearer ${ended}` } : {};
        const [status] = await ask({ uri, headers });
        expect([204, 400, 401, 403]).toContain(status);
        // As LiveKit routes: one decoding, one slash too many.
        const path = /^\/{1,2}(rtc|%72tc)(\/+v1)?(\/+validate)?\/*$/.test(uri.replace(/\?.*/, ''));
        if (path) expect(status).not.toBe(204);
      }),
      { numRuns: 300 },
    );
  });
});

describe('what the gate tells', () => {
  it('is no token and no query, in no answer, line or metric', async () => {
    const token = await admitted('niaj');
    await access.end({ room: 'hall', identity: 'niaj' });
    const { status, body, headers } = await askGate(service.url, { uri: `${uriOf(token)}&secret=hunter2` });
    expect([status, headers['x-gate-reason'], headers['content-type']]).toEqual([
      403,
      'ACCESS_REVOKED',
      'application/problem+json; charset=utf-8',
    ]);
    await askGate(service.url, { below: `${uriOf(token)}&secret=hunter2` });
    await askGate(service.url, { below: `/rtc/%zz?access_token=${token}&secret=hunter2` });
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    for (const output of [body, JSON.stringify(headers), metrics, service.output.text()]) {
      expect(output).not.toContain(token.slice(-20));
      expect(output).not.toContain('hunter2');
    }
    const samples = parseMetrics(metrics);
    expect(
      valueOf(samples, 'livekit_gate_decisions_total', { outcome: 'refused', code: 'ACCESS_REVOKED' }),
    ).toBeGreaterThan(0);
    expect(valueOf(samples, 'livekit_gate_decisions_total', { outcome: 'opened', code: 'ADMITTED' })).toBeGreaterThan(
      0,
    );
    expect(
      valueOf(samples, 'livekit_gate_decisions_total', { outcome: 'failed', code: 'GATE_ADDRESS_INVALID' }),
    ).toBeGreaterThan(0);
    expect(metrics).toContain('route="/livekit/gate"');
  });

  it('knows tokens by any of the pairs of LIVEKIT_KEYS_FILE, also after a change', async () => {
    const keys = temporaryFile('one: hunter1\ntwo: hunter2');
    const rotated = await startApp({ ...issuer.settings, LIVEKIT_KEYS_FILE: keys.path, ACCESS_RECONCILE: '0' });
    const status = async (key: string, secret: string): Promise<number> => {
      const uri = uriOf(await joinToken('hall', 'kim', {}, { key, secret }));
      return (await askGate(rotated.url, { uri })).status;
    };
    const statuses = async (...pairs: [string, string][]): Promise<number[]> =>
      Promise.all(pairs.map(([key, secret]) => status(key, secret)));
    expect(await statuses(['one', 'hunter1'], ['two', 'hunter2'], ['two', 'hunter1'])).toEqual([204, 204, 401]);
    keys.replace('two: hunter3\nthree: hunter4');
    await eventually(() => rotated.output.text().split('was read again').length === 3);
    expect(await statuses(['one', 'hunter1'], ['two', 'hunter2'], ['two', 'hunter3'])).toEqual([401, 401, 204]);
    await rotated.close();
  });

  it('is nothing while ACCESS_ENFORCEMENT is off: there is no gate', async () => {
    const off = await startApp({ ACCESS_ENFORCEMENT: 'off' });
    expect((await ask({ uri: '/rtc' }, off.url))[0]).toBe(404);
    expect((await ask({ below: '/rtc' }, off.url))[0]).toBe(404);
    await off.close();
  });
});
