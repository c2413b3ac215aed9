/** Which tokens of a provider are accepted, and as whom: the token shapes of the usual providers, signed by the fake issuer. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JWTPayload } from 'jose';

import { type RunningApp, startApp } from '../src/testing/start-app.js';
import { invalidVariables } from './support/invalid-variables.js';
import { FakeIssuer } from '../src/testing/fake-issuer.js';
import { verifyToken } from '../src/testing/livekit-token.js';
import { OTHER_TENANT, type Presented, PROVIDER_TOKENS, TENANT } from './support/provider-tokens.js';
import { temporaryFile } from './support/temporary-file.js';

type Settings = Record<string, string>;

let issuer: FakeIssuer;
beforeAll(async () => {
  issuer = await FakeIssuer.start();
});
afterAll(() => issuer.stop());

/** With AUTH_MODE=oidc and this issuer; without an audience. */
const start = (settings: Settings): Promise<RunningApp> =>
  startApp({ AUTH_MODE: 'oidc', OIDC_ISSUER: issuer.url, TOKEN_RESPONSE_FORMAT: 'object', ...settings });

async function join(service: RunningApp, { claims, header }: Presented, roomName = 'r'): Promise<Response> {
  const authorization = `Bearer ${await issuer.sign({ aud: undefined, ...claims }, header)}`;
  return service.post('/token', { roomName, participantName: 'Client' }, { authorization });
}

async function problemOf(service: RunningApp, { claims, header }: Presented): Promise<Record<string, unknown>> {
  const authorization = `Bearer ${await issuer.sign({ aud: undefined, ...claims }, header)}`;
  const response = await service.post('/livekit/token', { room_name: 'r' }, { authorization });
  return (await response.json()) as Record<string, unknown>;
}

describe.each(PROVIDER_TOKENS)('a token of $provider', ({ settings, callers, token, joins, refused }) => {
  let service: RunningApp;
  const presented = (): Presented => (typeof token === 'function' ? token(issuer.url) : token);
  beforeAll(async () => {
    const rules = temporaryFile(JSON.stringify([{ rooms: ['r'], callers }]));
    const stated = typeof settings === 'function' ? settings(issuer.url) : settings;
    service = await start({ ...stated, JOIN_RULES_FILE: rules.path });
  });
  afterAll(() => service.close());

  it('lets its bearer in', async () => {
    const response = await join(service, presented());
    expect(response.status).toBe(200);
    expect(await verifyToken(((await response.json()) as { token: string }).token)).toMatchObject(joins);
  });

  it.each(Object.keys(refused))('is refused with %s', async (what) => {
    const { claims, header } = presented();
    const changed = {
      claims: { ...claims, ...refused[what]?.claims },
      header: { ...header, ...refused[what]?.header },
    };
    expect([401, 403]).toContain((await join(service, changed)).status);
  });
});

it('is no opaque access token, such as those of Google', async () => {
  const service = await start({ OIDC_AUDIENCE: 'a', OIDC_TOKEN_TYPE: 'id' });
  const authorization = 'Bearer ya29.a0AfB_byC-1234567890';
  expect((await service.post('/token', { roomName: 'r', participantName: 'p' }, { authorization })).status).toBe(401);
  await service.close();
});

describe('an ID token', () => {
  let service: RunningApp;
  beforeAll(async () => {
    service = await start({ OIDC_AUDIENCE: 'web' });
  });
  afterAll(() => service.close());
  const aud = 'web';

  it.each<[string, Presented]>([
    ['typ', { claims: { aud, typ: 'ID' } }],
    ['token_use', { claims: { aud, token_use: 'id' } }],
    ['nonce', { claims: { aud, nonce: 'n' } }],
    ['at_hash', { claims: { aud, at_hash: 'h' } }],
  ])('is told by %s, and refused with a text that says so', async (_claim, token) => {
    expect(await problemOf(service, token)).toMatchObject({
      status: 401,
      code: 'INVALID_TOKEN',
      detail: expect.stringContaining('ID token') as unknown,
    });
  });

  it.each<[string, Presented]>([
    ['by Keycloak before version 25', { claims: { aud, typ: 'Bearer', nonce: 'n' } }],
    ['by RFC 9068', { claims: { aud, nonce: 'n' }, header: { typ: 'application/AT+JWT' } }],
  ])('is not what says of itself that it is an access token, %s', async (_who, token) => {
    expect((await join(service, token)).status).toBe(200);
  });

  it('is not remembered as accepted', async () => {
    const token = { claims: { aud, typ: 'ID' } };
    expect([(await join(service, token)).status, (await join(service, token)).status]).toEqual([401, 401]);
  });
});

it('reports groups that Entra leaves out with a code of its own', async () => {
  const service = await start({ OIDC_AUDIENCE: 'a' });
  const problem = await problemOf(service, { claims: { aud: 'a', _claim_names: { groups: 'src1' } } });
  expect(problem).toMatchObject({ status: 403, code: 'GROUPS_OVERAGE' });
  expect((await join(service, { claims: { aud: 'a', _claim_names: { other: 'src1' } } })).status).toBe(200);
  await service.close();
});

it('compares the issuer of a token with its own tenant', async () => {
  const tenants = [TENANT, OTHER_TENANT];
  const issuerOf = (tenant: string): string => `${issuer.url}/${tenant}/v2.0`;
  const service = await start({
    OIDC_ISSUER: issuerOf('{tenantid}'),
    OIDC_TENANTS: tenants.join(),
    OIDC_AUDIENCE: 'a',
  });
  const statuses = [];
  for (const [iss, tid] of [
    [TENANT, TENANT],
    [OTHER_TENANT, OTHER_TENANT],
    [TENANT, OTHER_TENANT],
    [OTHER_TENANT, TENANT],
    ['{tenantid}', '{tenantid}'],
    ['common', 'common'],
    ['{tenantid}', TENANT],
  ] as const) {
    statuses.push((await join(service, { claims: { iss: issuerOf(iss), tid, aud: 'a' } })).status);
  }
  expect(statuses).toEqual([200, 200, 401, 401, 401, 401, 401]);
  await service.close();
});

it('accepts each tenant with keys that Entra publishes for it, or for all tenants', async () => {
  const service = await start({
    OIDC_ISSUER: `${issuer.url}/{tenantid}/v2.0`,
    OIDC_TENANTS: TENANT,
    OIDC_AUDIENCE: 'a',
  });
  const token = { claims: { iss: `${issuer.url}/${TENANT}/v2.0`, tid: TENANT, aud: 'a' } };
  const publishFor = async (of: string): Promise<void> => {
    await issuer.rotate({ drop: true, publish: { issuer: of } });
  };
  await publishFor(`${issuer.url}/{tenantid}/v2.0`);
  expect((await join(service, token)).status).toBe(200);
  await service.close();

  await publishFor(`${issuer.url}/${OTHER_TENANT}/v2.0`);
  const other = await start({ OIDC_ISSUER: `${issuer.url}/{tenantid}/v2.0`, OIDC_TENANTS: TENANT, OIDC_AUDIENCE: 'a' });
  expect((await join(other, token)).status).toBe(401);
  await other.close();
  await issuer.rotate({ drop: true });
});

const asClaims = (json: string): JWTPayload => JSON.parse(json) as JWTPayload;

describe('hostile claims', () => {
  let service: RunningApp;
  beforeAll(async () => {
    service = await start({
      OIDC_AUDIENCE: 'a',
      OIDC_IDENTITY_CLAIM: 'profile.login',
      OIDC_NAME_CLAIM: '__proto__.name',
    });
  });
  afterAll(() => service.close());

  it.each<[string, JWTPayload, number]>([
    ['a nested identity', { profile: { login: 'alice' } }, 200],
    ['an identity of the whole path', { 'profile.login': 'alice' }, 200],
    ['no identity', {}, 401],
    ['a list on the way', { profile: [{ login: 'alice' }] }, 401],
    ['a text on the way', { profile: 'login' }, 401],
    ['an identity in a prototype', asClaims('{"profile":{"__proto__":{"login":"alice"}}}'), 401],
  ])('%s', async (_what, claims, status) => {
    expect((await join(service, { claims: { aud: 'a', ...claims } })).status).toBe(status);
  });

  it('read no name from a prototype', async () => {
    const response = await join(service, { claims: { aud: 'a', profile: { login: 'alice' } } });
    const { token } = (await response.json()) as { token: string };
    expect(await verifyToken(token)).toMatchObject({ sub: 'alice', name: 'Client' });
  });

  it('with 10,000 groups exceed the limit of Node for headers', async () => {
    const groups = Array.from({ length: 10_000 }, (_, index) => `group-${index}`);
    expect((await join(service, { claims: { aud: 'a', profile: { login: 'alice' }, groups } })).status).toBe(431);
  });
});

describe('claims that rules name', () => {
  const both = (top: string[], nested: string[]): JWTPayload => ({
    'realm_access.roles': top,
    realm_access: { roles: nested },
  });
  const CASES: [string, JWTPayload, string, number][] = [
    ['a claim that the whole path names, beside the nested one', both(['host'], ['guest']), 'realm_access.roles', 200],
    ['a nested claim, beside one that the whole path names', both(['guest'], ['host']), 'realm_access.roles', 403],
    ['the nested claim that brackets name', both(['guest'], ['host']), 'realm_access[roles]', 200],
    ['a role in a prototype', asClaims('{"__proto__":{"roles":["host"]}}'), 'roles', 403],
    ['a role in a nested prototype', asClaims('{"realm":{"__proto__":{"roles":["host"]}}}'), 'realm.roles', 403],
    ['a claim called __proto__', asClaims('{"__proto__":{"roles":["host"]}}'), '__proto__.roles', 200],
    ['a role that every object has', asClaims('{"roles":{}}'), 'roles.__proto__.host', 403],
  ];
  let service: RunningApp;
  beforeAll(async () => {
    // The room of each case is called as the case.
    const rules = CASES.map(([what, , path]) => ({ rooms: [what], callers: Object.fromEntries([[path, 'host']]) }));
    service = await start({ OIDC_AUDIENCE: 'a', JOIN_RULES_FILE: temporaryFile(JSON.stringify(rules)).path });
  });
  afterAll(() => service.close());

  it.each(CASES)('%s', async (what, claims, _path, status) => {
    expect((await join(service, { claims: { aud: 'a', ...claims } }, what)).status).toBe(status);
  });
});

describe('the settings', () => {
  const oidc = { AUTH_MODE: 'oidc', OIDC_ISSUER: 'https://id.example' };
  it.each<[string, Settings, string[]]>([
    ['an audience alone', { ...oidc, OIDC_AUDIENCE: 'a' }, []],
    ['clients alone', { ...oidc, OIDC_CLIENT_IDS: 'a, b' }, []],
    ['neither', oidc, ['OIDC_AUDIENCE']],
    ['an empty entry', { ...oidc, OIDC_CLIENT_IDS: 'a,,b' }, ['OIDC_CLIENT_IDS', 'OIDC_AUDIENCE']],
    ['an unknown type', { ...oidc, OIDC_AUDIENCE: 'a', OIDC_TOKEN_TYPE: 'jwt' }, ['OIDC_TOKEN_TYPE']],
    [
      'a multi-tenant issuer without tenants',
      { ...oidc, OIDC_ISSUER: 'https://login.microsoftonline.com/{tenantid}/v2.0', OIDC_AUDIENCE: 'a' },
      ['OIDC_TENANTS'],
    ],
    ['tenants of one issuer', { ...oidc, OIDC_AUDIENCE: 'a', OIDC_TENANTS: TENANT }, ['OIDC_TENANTS']],
  ])('%s', (_what, settings, expected) => {
    expect(invalidVariables(settings)).toEqual(expected);
  });

  it.each(['a..b', 'a[', '.a'])('stop the start at the malformed path %j', async (path) => {
    await expect(startApp({ ...oidc, OIDC_AUDIENCE: 'a', OIDC_IDENTITY_CLAIM: path })).rejects.toThrow(
      /OIDC_IDENTITY_CLAIM/,
    );
  });
});
