/** Logout at the identity provider: who may tell the service, what it believes, and what ends. */
import { createHmac } from 'node:crypto';
import { gzipSync } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

import { type RunningApp, startApp } from '../src/testing/start-app.js';
import { eventually } from '../src/testing/eventually.js';
import { AUDIENCE, FakeIssuer, LOGOUT_EVENT } from '../src/testing/fake-issuer.js';
import { temporaryFile } from './support/temporary-file.js';

const PATH = '/access/backchannel-logout';
const FORM = 'application/x-www-form-urlencoded';

const now = (): number => Math.floor(Date.now() / 1000);
const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

let issuer: FakeIssuer;
let other: FakeIssuer;
let foreign: FakeIssuer;
let service: RunningApp;
beforeAll(async () => {
  issuer = await FakeIssuer.start();
  other = await FakeIssuer.start();
  foreign = await FakeIssuer.start();
  const providers = [
    { name: 'main', issuer: issuer.url, audience: AUDIENCE, clientIds: ['web', 'app'], identity: 'main:${sub}' },
    { name: 'other', issuer: other.url, audience: AUDIENCE, identity: 'other:${sub}' },
    {
      name: 'entra',
      issuer: `${other.url}/{tenantid}/v2.0`,
      tenants: ['t1', 't2'],
      audience: AUDIENCE,
      identity: 'entra:${tid}:${sub}',
    },
  ];
  service = await startApp({ AUTH_MODE: 'oidc', OIDC_PROVIDERS_FILE: temporaryFile(JSON.stringify(providers)).path });
});
afterAll(async () => {
  await service.close();
  for (const one of [issuer, other, foreign]) await one.stop();
});

const send = (
  body: NonNullable<RequestInit['body']>,
  headers: Record<string, string> = { 'content-type': FORM },
): Promise<Response> => fetch(service.url + PATH, { method: 'POST', body, headers });
const logOut = async (token: Promise<string> | string): Promise<Response> =>
  send(new URLSearchParams({ logout_token: await token }).toString());
const statusOf = async (token: Promise<string> | string): Promise<number> => (await logOut(token)).status;

/** An access token of the main issuer. */
const signIn = (sub: string, claims: JWTPayload = {}): Promise<string> => issuer.sign({ sub, azp: 'web', ...claims });
const join = async (token: string): Promise<unknown> => {
  const response = await service.post('/livekit/token', { room_name: 'r' }, { authorization: `Bearer ${token}` });
  const { code = response.status } = (await response.json()) as { code?: string };
  return code;
};

describe('a logout token', () => {
  const valid = (claims: JWTPayload = {}, header: object = {}): Promise<string> =>
    issuer.signLogout({ sub: 'victim', ...claims }, { ...header });

  /** Of a logout token that is valid but for its signature. */
  const forged = (header: object, sign: (input: string) => string): string => {
    const payload = { iss: issuer.url, aud: AUDIENCE, sub: 'victim', iat: now(), exp: now() + 60, jti: 'forged' };
    const input = `${base64url(header)}.${base64url({ ...payload, events: { [LOGOUT_EVENT]: {} } })}`;
    return `${input}.${sign(input)}`;
  };

  const HOSTILE: [string, () => Promise<string> | string][] = [
    ['of a foreign issuer', () => foreign.signLogout({ sub: 'victim' })],
    ['of a foreign issuer in the name of ours', () => foreign.signLogout({ sub: 'victim', iss: issuer.url })],
    ['of another provider in the name of ours', () => other.signLogout({ sub: 'victim', iss: issuer.url })],
    ['without an issuer', () => valid({ iss: undefined })],
    ['whose issuer is no text', () => valid({ iss: 7 as unknown as string })],
    ['for another audience', () => valid({ aud: 'another-service' })],
    ['for the client of another provider', () => other.signLogout({ sub: 'victim', aud: 'web' })],
    ['without an audience', () => valid({ aud: undefined })],
    ['without a signature', () => forged({ alg: 'none' }, () => '')],
    [
      'signed with our public key as a secret',
      () => {
        const [jwk] = issuer.publicJwks;
        return forged({ alg: 'HS256', kid: jwk?.kid }, (input) =>
          createHmac('sha256', JSON.stringify(jwk)).update(input).digest('base64url'),
        );
      },
    ],
    [
      'with a key of its own',
      async () => {
        const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
        const { kty = '', n = '', e = '' } = await exportJWK(publicKey);
        return new SignJWT({ sub: 'victim', jti: 'own-key', events: { [LOGOUT_EVENT]: {} } })
          .setProtectedHeader({ alg: 'RS256', typ: 'logout+jwt', jwk: { kty, n, e }, jku: `${foreign.url}/keys` })
          .setIssuer(issuer.url)
          .setAudience(AUDIENCE)
          .setIssuedAt()
          .setExpirationTime('1m')
          .sign(privateKey);
      },
    ],
    ['that was tampered with', async () => (await valid()).replace(/.{8}$/, 'AAAAAAAA')],
    ['with a nonce', () => valid({ nonce: 'n' })],
    ['with an empty nonce', () => valid({ nonce: '' })],
    ['without events', () => valid({ events: undefined })],
    ['with another event', () => valid({ events: { 'http://schemas.openid.net/event/other': {} } })],
    ['whose event is a text', () => valid({ events: { [LOGOUT_EVENT]: 'yes' } })],
    ['whose event is a list', () => valid({ events: { [LOGOUT_EVENT]: [] } })],
    ['whose event is null', () => valid({ events: { [LOGOUT_EVENT]: null } })],
    ['whose events are a list', () => valid({ events: [LOGOUT_EVENT] })],
    ['whose events are a text', () => valid({ events: LOGOUT_EVENT })],
    ['without subject and session', () => valid({ sub: undefined })],
    ['with an empty subject', () => valid({ sub: '' })],
    ['whose subject is no text', () => valid({ sub: 7 as unknown as string })],
    ['whose session is no text', () => valid({ sid: 7 })],
    ['with an empty session', () => valid({ sid: '' })],
    ['without an id', () => valid({ jti: undefined })],
    ['with an empty id', () => valid({ jti: '' })],
    ['whose id is no text', () => valid({ jti: 7 as unknown as string })],
    ['without a time of issue', () => valid({ iat: undefined })],
    ['issued in the future', () => valid({ iat: now() + 60 })],
    ['issued too long ago', () => valid({ iat: now() - 640, exp: now() + 86_400 })],
    ['that has expired', () => valid({ iat: now() - 100, exp: now() - 40 })],
    ['without an end', () => valid({ exp: undefined })],
    ['whose end is no number', () => valid({ exp: 'tomorrow' as unknown as number })],
    ['of the type of access tokens', () => valid({}, { typ: 'at+jwt' })],
    ['of the type of other security events', () => valid({}, { typ: 'application/secevent+jwt' })],
    ['whose type is no text', () => valid({}, { typ: 7 })],
    ['that is an access token', () => issuer.sign({ sub: 'victim', azp: 'web', jti: 'a' }, { typ: 'at+jwt' })],
    ['that is an ID token', () => issuer.sign({ sub: 'victim', nonce: 'n', jti: 'i' }, { typ: 'JWT' })],
    ['that is an ID token without nonce', () => issuer.sign({ sub: 'victim', sid: 's', jti: 'i' })],
    ['of a tenant that is not ours', () => other.signLogout({ sub: 'victim', iss: `${other.url}/t3/v2.0` })],
    ['of no tenant', () => other.signLogout({ sub: 'victim', iss: `${other.url}/{tenantid}/v2.0` })],
    ['that is no JWT', () => 'garbage'],
    ['that is almost a JWT', () => 'e30.e30.e30'],
    ['that is encrypted', () => 'eyJhbGciOiJkaXIifQ..aXY.Y2lwaGVy.dGFn'],
    ['that is empty', () => ''],
  ];

  let victim: string;
  beforeAll(async () => {
    victim = await signIn('victim', { sid: 's' });
  });

  it.each(HOSTILE)('%s is 400 and has no effect', async (_what, sign) => {
    const token = await sign();
    const response = await logOut(token);
    expect([response.status, response.headers.get('cache-control')]).toEqual([400, 'no-store']);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    const body = (await response.json()) as Record<string, unknown>;
    expect(body).toEqual({ error: 'invalid_request', error_description: expect.any(String) as unknown });
    if (token.length > 20) expect(JSON.stringify(body) + service.output.text()).not.toContain(token);
    expect(await join(victim)).toBe(201);
  });

  const BODIES: [string, () => Promise<Response> | Response][] = [
    [
      'as JSON',
      async () => send(JSON.stringify({ logout_token: await valid() }), { 'content-type': 'application/json' }),
    ],
    ['in broken JSON', () => send('{', { 'content-type': 'application/json' })],
    ['as text', async () => send(`logout_token=${await valid()}`, { 'content-type': 'text/plain' })],
    [
      'as multipart',
      async () => {
        const form = new FormData();
        form.set('logout_token', await valid());
        return send(form, {});
      },
    ],
    ['in the query', async () => fetch(`${service.url}${PATH}?logout_token=${await valid()}`, { method: 'POST' })],
    ['of another name', async () => send(`token=${await valid()}`)],
    ['twice', async () => send(`logout_token=${await valid()}&logout_token=${await valid()}`)],
    ['as a list', async () => send(`logout_token[]=${await valid()}`)],
    ['in a body of 1 MB', async () => send(`logout_token=${await valid()}&x=${'x'.repeat(1_000_000)}`)],
    ['with 2,000 other parameters', async () => send(`logout_token=${await valid()}${'&x='.repeat(2_000)}`)],
    ['in an empty body', () => send('')],
    [
      'compressed',
      async () => send(gzipSync(`logout_token=${await valid()}`), { 'content-type': FORM, 'content-encoding': 'gzip' }),
    ],
    [
      'in another charset',
      async () => send(`logout_token=${await valid()}`, { 'content-type': `${FORM}; charset=utf-16` }),
    ],
  ];

  it('is described in ASCII, whatever language is preferred', async () => {
    const attempt = (language: string): Promise<Response> | Response =>
      send('', { 'content-type': FORM, 'accept-language': language });
    const [english, french] = [await (await attempt('en')).text(), await (await attempt('fr')).text()];
    expect(french).toBe(english);
    expect(french).toMatch(/^[\x20-\x7e]+$/);
  });

  it.each(BODIES)('%s is 400 and has no effect', async (_how, attempt) => {
    const response = await attempt();
    expect([response.status, response.headers.get('cache-control')]).toEqual([400, 'no-store']);
    const body = (await response.json()) as Record<string, unknown>;
    expect(body).toEqual({ error: 'invalid_request', error_description: expect.any(String) as unknown });
    expect(await join(victim)).toBe(201);
  });

  it('is expected by POST alone', async () => {
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const response = await fetch(service.url + PATH, { method });
      expect([response.status, await response.json()]).toMatchObject([404, { code: 'NOT_FOUND' }]);
    }
  });

  it.each([
    ['of the final standard', () => ({}), {}],
    ['with the whole media type', () => ({}), { typ: 'application/logout+jwt' }],
    ['of the type JWT', () => ({}), { typ: 'JWT' }],
    ['without a type', () => ({}), { typ: undefined }],
    ['for our client', () => ({ aud: 'web' }), {}],
    ['for several audiences', () => ({ aud: ['x', 'app'] }), {}],
    ['of a provider whose clock is behind', () => ({ iat: now() - 25, exp: now() - 5 }), {}],
    ['of a provider whose clock is ahead', () => ({ iat: now() + 20, exp: now() + 140 }), {}],
    ['whose event says more', () => ({ events: { [LOGOUT_EVENT]: { more: true }, another: {} } }), {}],
  ])('%s is 200', async (what, claims, header) => {
    const token = await signIn(what, { iat: now() - 60 });
    expect(await join(token)).toBe(201);
    const response = await logOut(issuer.signLogout({ sub: what, ...claims() }, header));
    expect([response.status, await response.text(), response.headers.get('cache-control')]).toEqual([
      200,
      '',
      'no-store',
    ]);
    expect(await join(token)).toBe('INVALID_TOKEN');
  });

  it('is accepted at any spelling of the path, with other parameters', async () => {
    const body = new URLSearchParams({ state: 'x', logout_token: await issuer.signLogout({ sub: 'spelling' }) });
    const response = await fetch(`${service.url}/Access/BACKCHANNEL-logout/`, { method: 'POST', body });
    expect(response.status).toBe(200);
  });

  it('is accepted once', async () => {
    const jti = 'used';
    const token = await issuer.signLogout({ sub: 'once', jti });
    const statuses = await Promise.all(Array.from({ length: 5 }, () => statusOf(token)));
    expect(statuses.toSorted()).toEqual([200, 400, 400, 400, 400]);
    const again = await signIn('once', { iat: now() + 5 });
    expect(await join(again)).toBe(201);
    expect(await statusOf(token)).toBe(400);
    expect(await statusOf(issuer.signLogout({ sub: 'someone', jti }))).toBe(400);
    expect(await join(again)).toBe(201);
    // Each issuer has ids of its own.
    expect(await statusOf(other.signLogout({ sub: 'once', jti }))).toBe(200);
    expect(service.output.lines().filter(({ code }) => code === 'LOGOUT_TOKEN_REPLAYED').length).toBeGreaterThan(4);
  });

  it('that was refused may be sent again when it is right', async () => {
    const jti = 'first wrong';
    expect(await statusOf(issuer.signLogout({ sub: 'twice', jti, aud: 'x' }))).toBe(400);
    expect(await statusOf(issuer.signLogout({ sub: 'twice', jti }))).toBe(200);
  });
});

describe('a logout', () => {
  it('of a session ends that session alone, also where its access token is remembered', async () => {
    const [desk, phone] = [await signIn('alice', { sid: 'desk' }), await signIn('alice', { sid: 'phone' })];
    expect([await join(desk), await join(phone), await join(desk)]).toEqual([201, 201, 201]);
    expect(await statusOf(issuer.signLogout({ sub: 'alice', sid: 'desk' }))).toBe(200);
    expect([await join(desk), await join(phone)]).toEqual(['INVALID_TOKEN', 201]);
    expect(await join(await signIn('alice', { sid: 'desk', iat: now() + 10 }))).toBe('INVALID_TOKEN');
    expect(await join(await signIn('alice', { sid: 'next' }))).toBe(201);
  });

  it('of a session by sid alone ends it', async () => {
    const token = await signIn('bob', { sid: 'bob-1' });
    expect(await join(token)).toBe(201);
    expect(await statusOf(issuer.signLogout({ sub: undefined, sid: 'bob-1' }))).toBe(200);
    expect(await join(token)).toBe('INVALID_TOKEN');
  });

  it('of a caller ends all sessions, by the time of the provider', async () => {
    const iat = now() - 20;
    const early = await signIn('carol', { sid: 'c1', iat: iat - 1 });
    const same = await signIn('carol', { sid: 'c2', iat });
    const late = await signIn('carol', { sid: 'c3', iat: iat + 1 });
    const unnamed = await signIn('carol', { iat: iat - 1 });
    const undated = await signIn('carol', { iat: undefined });
    const tokens = [early, same, late, unnamed, undated];
    for (const token of tokens) expect(await join(token)).toBe(201);
    expect(await statusOf(issuer.signLogout({ sub: 'carol', iat }))).toBe(200);
    expect(await Promise.all(tokens.map(join))).toEqual([
      'INVALID_TOKEN',
      'INVALID_TOKEN',
      201,
      'INVALID_TOKEN',
      'INVALID_TOKEN',
    ]);
  });

  it('of a session ends what cannot be told from it: tokens of the caller without a session', async () => {
    const [unnamed, another] = [await signIn('dave', { iat: now() - 5 }), await signIn('erin', { iat: now() - 5 })];
    expect([await join(unnamed), await join(another)]).toEqual([201, 201]);
    expect(await statusOf(issuer.signLogout({ sub: 'dave', sid: 'unknown here' }))).toBe(200);
    expect([await join(unnamed), await join(another)]).toEqual(['INVALID_TOKEN', 201]);
    expect(await join(await signIn('dave', { iat: now() + 5 }))).toBe(201);
    expect(await join(await signIn('dave', { sid: 'phone', iat: now() - 5 }))).toBe(201);
  });

  it('at one provider is none at another', async () => {
    const here = await signIn('same', { sid: 'same' });
    const there = await other.sign({ sub: 'same', sid: 'same' });
    expect(await statusOf(other.signLogout({ sub: 'same' }))).toBe(200);
    expect([await join(here), await join(there)]).toEqual([201, 'INVALID_TOKEN']);
    expect(await statusOf(issuer.signLogout({ sub: 'same', sid: 'same' }))).toBe(200);
    expect(await join(here)).toBe('INVALID_TOKEN');
  });

  it('at one tenant is none at another', async () => {
    const of = (tid: string): JWTPayload => ({ iss: `${other.url}/${tid}/v2.0`, tid, sub: 'same' });
    const [one, two] = [await other.sign(of('t1')), await other.sign(of('t2'))];
    expect([await join(one), await join(two)]).toEqual([201, 201]);
    expect(await statusOf(other.signLogout(of('t1')))).toBe(200);
    expect([await join(one), await join(two)]).toEqual(['INVALID_TOKEN', 201]);
  });
});

describe('the route of logouts', () => {
  const sendTo = async (url: string, token: string): Promise<Response> =>
    fetch(url + PATH, { method: 'POST', body: new URLSearchParams({ logout_token: token }) });

  it('says that it cannot tell while the keys of the provider are unknown, and hears the token afterwards', async () => {
    const down = await FakeIssuer.start();
    const own = await startApp(down.settings);
    const token = await down.signLogout({ sub: 'alice' });
    down.behaviour = 'error';
    const refused = await sendTo(own.url, token);
    expect([refused.status, refused.headers.get('cache-control'), await refused.json()]).toEqual([
      503,
      'no-store',
      { error: 'temporarily_unavailable', error_description: expect.any(String) as unknown },
    ]);
    down.behaviour = 'answer';
    const accepted = await eventually(async () => {
      const response = await sendTo(own.url, token);
      return response.status !== 503 && response;
    });
    expect(accepted.status).toBe(200);
    await own.close();
    await down.stop();
  });

  it('is not limited by address, however many logouts a provider sends', async () => {
    const own = await startApp({ ...issuer.settings, RATE_LIMIT_PER_ADDRESS: '2' });
    for (let request = 0; request < 5; request += 1) expect((await sendTo(own.url, 'x')).status).toBe(400);
    const accepted = await sendTo(own.url, await issuer.signLogout());
    expect([accepted.status, accepted.headers.get('ratelimit')]).toEqual([200, null]);
    await own.close();
  });
});
