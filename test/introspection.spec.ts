/** Opaque tokens, and revocation of others: RFC 7662. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { JWTPayload } from 'jose';

import { type RunningApp, startApp } from '../src/testing/start-app.js';
import { pass, takeClock } from './support/clock.js';
import { AUDIENCE, FakeIssuer, INTROSPECTION_CLIENT } from '../src/testing/fake-issuer.js';
import { verifyToken } from '../src/testing/livekit-token.js';
import { temporaryFile } from './support/temporary-file.js';

const BODY = { roomName: 'r', participantName: 'Client' };
const now = (): number => Math.floor(Date.now() / 1000);

let issuer: FakeIssuer;
let service: RunningApp;
const startIssuer = async (): Promise<void> => void (issuer = await FakeIssuer.start());
const stop = async (): Promise<void> => {
  await service.close();
  await issuer.stop();
};

/** For each test of the suite that calls it: an issuer, and a service that the test starts. */
function takeIssuer(): void {
  takeClock();
  beforeEach(startIssuer);
  afterEach(stop);
}

const secret = temporaryFile(`${INTROSPECTION_CLIENT.secret}\n`);
const introspection = { clientId: INTROSPECTION_CLIENT.clientId, clientSecretFile: secret.path };
const entry = (more: object = {}): object => ({
  name: 'main',
  issuer: issuer.url,
  audience: AUDIENCE,
  introspection,
  ...more,
});

async function start(entries: readonly object[] = [entry()], settings: Record<string, string> = {}): Promise<void> {
  const file = temporaryFile(JSON.stringify(entries));
  service = await startApp({ AUTH_MODE: 'oidc', OIDC_PROVIDERS_FILE: file.path, ...settings });
}

const send = (token: string): Promise<Response> =>
  service.post('/token', BODY, { authorization: `Bearer ${token}`, 'x-request-id': 'one' });
const ask = async (token: string): Promise<number> => (await send(token)).status;
const joined = async (token: string): Promise<JWTPayload> => verifyToken((await (await send(token)).json()) as string);
const introspections = (of = issuer): number => of.requests.filter((path) => path === '/introspect').length;
const activate = (token: string, claims: object = {}, at = issuer): void =>
  void at.active.set(token, { sub: 'user-1', aud: AUDIENCE, exp: now() + 300, token_type: 'Bearer', ...claims });

describe('an opaque token', () => {
  takeIssuer();

  it('lets its bearer in as whom the provider says, while it is active', async () => {
    await start();
    activate('opaque-1', { name: 'Alice', iss: issuer.url });
    expect(await joined('opaque-1')).toMatchObject({ sub: 'user-1', name: 'Alice' });
    expect(await ask('opaque-2')).toBe(401);
    const text = service.output.text();
    expect(text).toContain(`${issuer.url} user-1`);
    expect(text).not.toMatch(/opaque-\d|hunter2/);
  });

  it('counts by its client too', async () => {
    await start([entry({ audience: undefined, clientIds: ['web'] })]);
    activate('good', { aud: undefined, client_id: 'web' });
    activate('other', { aud: undefined, client_id: 'cli' });
    expect([await ask('good'), await ask('other')]).toEqual([200, 401]);
  });

  it('may belong to 10,000 groups', async () => {
    const rules = temporaryFile(JSON.stringify([{ rooms: ['r'], callers: { groups: 'group-9999' } }]));
    await start([entry()], { JOIN_RULES_FILE: rules.path });
    activate('opaque', { groups: Array.from({ length: 10_000 }, (_, index) => `group-${index}`) });
    expect(await ask('opaque')).toBe(200);
  });

  it('is introspected once, however many requests come at once', async () => {
    await start();
    activate('opaque');
    const statuses = await Promise.all(Array.from({ length: 10 }, () => ask('opaque')));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(introspections()).toBe(1);
  });

  it('is not accepted past exp, although it was introspected a moment ago', async () => {
    await start();
    activate('opaque', { exp: now() + 5 });
    expect(await ask('opaque')).toBe(200);
    pass(6_000);
    expect(await ask('opaque')).toBe(401);
  });

  it('is not known to a provider without introspection', async () => {
    await start([entry({ introspection: undefined })]);
    expect(await ask('opaque')).toBe(401);
    expect(introspections()).toBe(0);
  });

  it('has claims that no other request can change', async () => {
    const rules = temporaryFile(JSON.stringify([{ rooms: ['r'], callers: { provider: 'main' } }]));
    await start([entry()], { JOIN_RULES_FILE: rules.path });
    activate('opaque', { provider: 'forged' });
    expect([await ask('opaque'), await ask('opaque')]).toEqual([200, 200]);
  });
});

describe('an opaque token with claims', () => {
  beforeAll(async () => {
    await startIssuer();
    await start();
  });
  afterAll(stop);

  it.each<[string, object]>([
    ['has another audience', { aud: 'other' }],
    ['has no audience', { aud: undefined }],
    ['is of another issuer', { iss: 'https://other.example' }],
    ['has expired', { exp: 1 }],
    ['is not valid yet', { nbf: 9_999_999_999 }],
    ['is no bearer token', { token_type: 'DPoP' }],
    ['is a refresh token', { typ: 'Refresh' }],
    ['is a refresh token in other words', { token_use: 'refresh_token' }],
    ['is an ID token', { typ: 'ID' }],
    ['has no subject', { sub: undefined }],
    ['has an empty identity', { sub: '' }],
    ['says only almost that it is active', { active: 'true' }],
  ])('is refused if it %s', async (what, claims) => {
    const token = what.replaceAll(' ', '-');
    activate(token, claims);
    expect([401, 503]).toContain(await ask(token));
    activate(`good-${token}`);
    expect(await ask(`good-${token}`)).toBe(200);
  });
});

describe('a provider that cannot be asked', () => {
  takeIssuer();

  const statusAndCode = async (token: string): Promise<unknown> => {
    const response = await service.post('/livekit/token', { room_name: 'r' }, { authorization: `Bearer ${token}` });
    return ((await response.json()) as { code?: string }).code ?? response.status;
  };

  it.each(['error', 'nonsense'] as const)('(%s) refuses with 503, and mends itself', async (behaviour) => {
    await start();
    activate('opaque');
    issuer.behaviour = behaviour;
    expect(await statusAndCode('opaque')).toBe('AUTHENTICATION_UNAVAILABLE');
    issuer.behaviour = 'answer';
    expect(await statusAndCode('opaque')).toBe(201);
  });

  it('does not accept our client: 503, and one warning without the secret', async () => {
    const wrong = { ...introspection, clientSecretFile: temporaryFile('hunter2-wrong').path };
    await start([entry({ introspection: wrong })]);
    activate('opaque');
    expect([await statusAndCode('opaque'), await statusAndCode('opaque')]).toEqual([
      'AUTHENTICATION_UNAVAILABLE',
      'AUTHENTICATION_UNAVAILABLE',
    ]);
    const text = service.output.text();
    expect(text.split('Introspection failed').length - 1).toBeGreaterThanOrEqual(1);
    expect(text).not.toMatch(/hunter2|opaque/);
  });

  it('takes a new secret without a restart', async () => {
    const file = temporaryFile('old');
    await start([entry({ introspection: { ...introspection, clientSecretFile: file.path } })]);
    activate('opaque');
    expect(await ask('opaque')).toBe(503);
    file.replace(INTROSPECTION_CLIENT.secret);
    expect(await ask('opaque')).toBe(200);
  });

  it('is down: tokens that were active stay so for half a minute, and health says so', async () => {
    await start();
    activate('opaque');
    activate('other');
    expect(await ask('opaque')).toBe(200);
    await issuer.stop();
    expect([await ask('opaque'), await ask('other')]).toEqual([200, 503]);
    pass(6_000);
    const health = (await (await fetch(`${service.url}/health/ready`)).json()) as { details: object };
    expect(health.details).toMatchObject({ 'issuer-main': { status: 'degraded' } });
  });

  it('is down, and another one knows the token', async () => {
    const other = await FakeIssuer.start();
    await start([
      entry({ identity: 'main:${sub}' }),
      { ...entry(), name: 'other', issuer: other.url, identity: 'other:${sub}' },
    ]);
    activate('of-the-other', {}, other);
    await issuer.stop();
    expect(await joined('of-the-other')).toMatchObject({ sub: 'other:user-1' });
    // Of this one it is unknown whether the first provider has issued it.
    expect(await ask('of-nobody')).toBe(503);
    await issuer.listen();
    expect(await ask('of-nobody')).toBe(401);
    await other.stop();
  });

  it('names its endpoint in the file', async () => {
    await start([entry({ introspection: { ...introspection, endpoint: `${issuer.url}/introspect` } })]);
    activate('opaque');
    expect(await ask('opaque')).toBe(200);
    expect(issuer.requests).toEqual(['/introspect']);
  });
});

describe('always: true', () => {
  takeIssuer();

  const always = { introspection: { ...introspection, always: true } };

  it('honours revocation of a JWT, which must be genuine too', async () => {
    await start([entry(always)]);
    const [good, revoked] = [await issuer.sign(), await issuer.sign({ jti: 'r' })];
    activate(good);
    expect([await ask(good), await ask(good), await ask(revoked)]).toEqual([200, 200, 401]);
    expect(introspections()).toBe(2);
    const forged = good.replace(/.{8}$/, 'AAAAAAAA');
    activate(forged);
    expect(await ask(forged)).toBe(401);
    expect(introspections()).toBe(2);
  });

  it('adds what the token itself does not say, as with light access tokens of Keycloak', async () => {
    const rules = temporaryFile(JSON.stringify([{ rooms: ['r'], callers: { groups: 'host' } }]));
    await start([entry(always)], { JOIN_RULES_FILE: rules.path });
    const token = await issuer.sign({ aud: undefined });
    activate(token, { sub: 'user-2', groups: ['host'], name: 'Alice' });
    expect(await joined(token)).toMatchObject({ sub: 'user-1', name: 'Alice' });
    expect(await joined(token)).toMatchObject({ sub: 'user-1', name: 'Alice' });
  });

  it('is not asked about the tokens of a provider without it', async () => {
    await start();
    expect(await ask(await issuer.sign())).toBe(200);
    expect(introspections()).toBe(0);
  });
});
