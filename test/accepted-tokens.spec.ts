/** Which tokens of a provider are accepted, and as whom: the token shapes of the usual providers, signed by the fake issuer. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JWTPayload } from 'jose';

import { type RunningApp, startApp } from './support/app.js';
import { invalidVariables } from './support/invalid-variables.js';
import { FakeIssuer } from './support/issuer.js';
import { verifyToken } from './support/livekit-token.js';
import { temporaryFile } from './support/temporary-file.js';

type Settings = Record<string, string>;
type Header = Record<string, unknown>;
interface Presented {
  readonly claims: JWTPayload;
  readonly header?: Header;
}

let issuer: FakeIssuer;
beforeAll(async () => {
  issuer = await FakeIssuer.start();
});
afterAll(() => issuer.down());

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

const UUID = '0f1d7a62-1f0e-4d70-9a57-2f6b1f1c6c11';
const TENANT = '72f988bf-86f1-41af-91ab-2d7cd011db47';
const OTHER_TENANT = '9188040d-6c67-4c5b-b112-36a304b66dad';

interface Fixture {
  readonly provider: string;
  readonly settings: Settings | (() => Settings);
  /** As JOIN_RULES_FILE, for the room `r`. */
  readonly callers: Record<string, unknown>;
  readonly token: Presented | (() => Presented);
  readonly joins: { readonly sub: string; readonly name?: string };
  /** What differs from `token`. */
  readonly refused: Record<string, { readonly claims?: JWTPayload; readonly header?: Header }>;
}

/** The shapes of the access tokens: see docs/authentication.md. */
const FIXTURES: Fixture[] = [
  {
    provider: 'Keycloak, without a mapper',
    settings: { OIDC_CLIENT_IDS: 'web', OIDC_IDENTITY_CLAIM: 'preferred_username' },
    callers: { 'realm_access.roles': ['host', 'admin'], 'resource_access[my.client].roles': 'staff' },
    token: {
      claims: {
        sub: UUID,
        aud: 'account',
        azp: 'web',
        typ: 'Bearer',
        sid: 's',
        realm_access: { roles: ['host'] },
        resource_access: { 'my.client': { roles: ['staff'] } },
        preferred_username: 'alice',
        name: 'Alice Liddell',
      },
      header: { typ: 'JWT' },
    },
    joins: { sub: 'alice', name: 'Alice Liddell' },
    refused: {
      'an ID token': { claims: { typ: 'ID', aud: 'web' } },
      'another client': { claims: { azp: 'other' } },
      'a logout token': { claims: { typ: 'Logout', events: {} }, header: { typ: 'logout+jwt' } },
      'a refresh token': { claims: { typ: 'Refresh' } },
      'another realm role': { claims: { realm_access: { roles: ['guest'] } } },
      'the client role of another client': { claims: { resource_access: { my: { client: { roles: ['staff'] } } } } },
      'another claim of the name of the path': { claims: { 'realm_access.roles': ['guest'] } },
    },
  },
  {
    provider: 'Amazon Cognito',
    settings: { OIDC_CLIENT_IDS: 'first,6h8i9j', OIDC_NAME_CLAIM: 'username' },
    callers: { 'cognito:groups': 'host' },
    token: {
      claims: { sub: UUID, client_id: '6h8i9j', token_use: 'access', 'cognito:groups': ['host'], username: 'alice' },
    },
    joins: { sub: UUID, name: 'alice' },
    refused: {
      'an ID token': { claims: { token_use: 'id', client_id: undefined, aud: '6h8i9j' } },
      'an ID token with the client': { claims: { token_use: 'id' } },
      'another client': { claims: { client_id: '6h8i9' } },
      'another group': { claims: { 'cognito:groups': ['guest'] } },
    },
  },
  {
    provider: 'Microsoft Entra, one tenant',
    settings: { OIDC_AUDIENCE: 'api://livekit', OIDC_IDENTITY_CLAIM: 'oid' },
    callers: { roles: 'Room.Host' },
    token: {
      claims: {
        sub: 'pairwise',
        oid: UUID,
        tid: TENANT,
        aud: 'api://livekit',
        azp: 'spa',
        ver: '2.0',
        roles: ['Room.Host'],
      },
      header: { typ: 'JWT' },
    },
    joins: { sub: UUID, name: 'Client' },
    refused: {
      'another audience': { claims: { aud: '00000003-0000-0000-c000-000000000000' } },
      'another role': { claims: { roles: ['Room.Guest'] } },
      'groups that are left out': { claims: { _claim_names: { groups: 'src1' }, _claim_sources: {} } },
      'no object id': { claims: { oid: undefined } },
    },
  },
  {
    provider: 'Microsoft Entra, listed tenants',
    settings: () => ({
      OIDC_ISSUER: `${issuer.url}/{tenantid}/v2.0`,
      OIDC_TENANTS: `11111111-1111-1111-1111-111111111111, ${TENANT}`,
      OIDC_AUDIENCE: 'api://livekit',
      OIDC_CLIENT_IDS: 'spa',
    }),
    callers: { tid: TENANT },
    token: () => ({
      claims: { sub: 'a', iss: `${issuer.url}/${TENANT}/v2.0`, tid: TENANT, aud: 'api://livekit', azp: 'spa' },
    }),
    joins: { sub: 'a', name: 'Client' },
    refused: {
      'another tenant': { claims: { tid: OTHER_TENANT } },
      'no tenant': { claims: { tid: undefined } },
      'a wrong client': { claims: { azp: 'other' } },
    },
  },
  {
    provider: 'Auth0',
    settings: { OIDC_AUDIENCE: 'https://api.acme.example', OIDC_TOKEN_TYPE: 'at+jwt' },
    callers: { 'https://acme.example/roles': 'host' },
    token: {
      claims: {
        sub: 'auth0|5f7c8ec7',
        aud: ['https://api.acme.example', 'https://acme.eu.auth0.com/userinfo'],
        azp: 'spa',
        permissions: ['join'],
        'https://acme.example/roles': ['host'],
      },
      header: { typ: 'at+jwt' },
    },
    joins: { sub: 'auth0|5f7c8ec7', name: 'Client' },
    refused: {
      'another header type': { header: { typ: 'JWT' } },
      'no header type': { header: { typ: undefined } },
      'only the audience of userinfo': { claims: { aud: ['https://acme.eu.auth0.com/userinfo'] } },
      'no role': { claims: { 'https://acme.example/roles': [] } },
    },
  },
  {
    provider: 'Okta',
    settings: { OIDC_AUDIENCE: 'api://default', OIDC_CLIENT_IDS: '0oa1' },
    callers: { groups: 'Hosts', scp: 'rooms' },
    token: {
      claims: {
        sub: 'alice@acme.example',
        aud: 'api://default',
        cid: '0oa1',
        scp: ['openid', 'rooms'],
        groups: ['Hosts'],
      },
    },
    joins: { sub: 'alice@acme.example', name: 'Client' },
    refused: {
      'another client': { claims: { cid: '0oa2' } },
      'no client': { claims: { cid: undefined } },
      'no audience': { claims: { aud: undefined } },
      'no scope': { claims: { scp: ['openid'] } },
      'an ID token': { claims: { nonce: 'n', at_hash: 'h' } },
    },
  },
  {
    provider: 'ZITADEL, with JWT access tokens',
    settings: { OIDC_AUDIENCE: '312345678901234567' },
    callers: { 'urn:zitadel:iam:org:project:roles': 'host' },
    token: {
      claims: {
        sub: '298765432109876543',
        aud: ['312345678901234567', 'web@acme'],
        client_id: 'web@acme',
        'urn:zitadel:iam:org:project:roles': { host: { '29': 'acme.zitadel.cloud' } },
      },
      header: { typ: 'at+jwt' },
    },
    joins: { sub: '298765432109876543', name: 'Client' },
    refused: {
      'another project': { claims: { aud: ['312345678901234568'] } },
      'another role': { claims: { 'urn:zitadel:iam:org:project:roles': { guest: {} } } },
      'roles that only every object has': { claims: { 'urn:zitadel:iam:org:project:roles': {} } },
    },
  },
  {
    provider: 'Supabase',
    settings: {
      OIDC_AUDIENCE: 'authenticated',
      OIDC_IDENTITY_CLAIM: 'user_metadata.handle',
      OIDC_NAME_CLAIM: 'user_metadata.full_name',
    },
    callers: { 'app_metadata.role': 'host' },
    token: {
      claims: {
        sub: UUID,
        aud: 'authenticated',
        role: 'authenticated',
        app_metadata: { role: 'host' },
        user_metadata: { handle: 'alice', full_name: 'Alice Liddell' },
      },
    },
    joins: { sub: 'alice', name: 'Alice Liddell' },
    refused: {
      'another role': { claims: { app_metadata: { role: 'guest' } } },
      'a role that the user chose': { claims: { app_metadata: {}, user_metadata: { handle: 'alice', role: 'host' } } },
      'an anonymous key': { claims: { aud: 'anon', role: 'anon' } },
      'no handle': { claims: { user_metadata: {} } },
      'a handle that is no text': { claims: { user_metadata: { handle: ['alice'] } } },
    },
  },
  {
    provider: 'Firebase, which has ID tokens only',
    settings: { OIDC_AUDIENCE: 'my-project', OIDC_TOKEN_TYPE: 'id' },
    callers: { host: true },
    token: {
      claims: { sub: 'fb1', user_id: 'fb1', aud: 'my-project', nonce: 'n', host: true, name: 'Alice' },
      header: { typ: 'JWT' },
    },
    joins: { sub: 'fb1', name: 'Alice' },
    refused: {
      'another project': { claims: { aud: 'other-project' } },
      'no claim': { claims: { host: undefined } },
      'a logout token': { header: { typ: 'logout+jwt' } },
    },
  },
];

describe.each(FIXTURES)('a token of $provider', ({ settings, callers, token, joins, refused }) => {
  let service: RunningApp;
  const presented = (): Presented => (typeof token === 'function' ? token() : token);
  beforeAll(async () => {
    const rules = temporaryFile(JSON.stringify([{ rooms: ['r'], callers }]));
    const stated = typeof settings === 'function' ? settings() : settings;
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

describe('hostile claims', () => {
  let service: RunningApp;
  const both = (top: string[], nested: string[]): JWTPayload => ({
    'realm_access.roles': top,
    realm_access: { roles: nested },
  });
  const asClaims = (json: string): JWTPayload => JSON.parse(json) as JWTPayload;
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

  it.each<[string, JWTPayload, string, number]>([
    ['a claim that the whole path names, beside the nested one', both(['host'], ['guest']), 'realm_access.roles', 200],
    ['a nested claim, beside one that the whole path names', both(['guest'], ['host']), 'realm_access.roles', 403],
    ['the nested claim that brackets name', both(['guest'], ['host']), 'realm_access[roles]', 200],
    ['a role in a prototype', asClaims('{"__proto__":{"roles":["host"]}}'), 'roles', 403],
    ['a role in a nested prototype', asClaims('{"realm":{"__proto__":{"roles":["host"]}}}'), 'realm.roles', 403],
    ['a claim called __proto__', asClaims('{"__proto__":{"roles":["host"]}}'), '__proto__.roles', 200],
    ['a role that every object has', asClaims('{"roles":{}}'), 'roles.__proto__.host', 403],
  ])('%s', async (_what, claims, path, status) => {
    const rules = temporaryFile(JSON.stringify([{ rooms: ['r'], callers: Object.fromEntries([[path, 'host']]) }]));
    const guarded = await start({ OIDC_AUDIENCE: 'a', JOIN_RULES_FILE: rules.path });
    expect((await join(guarded, { claims: { aud: 'a', ...claims } })).status).toBe(status);
    await guarded.close();
  });

  it('with 10,000 groups exceed the limit of Node for headers', async () => {
    const groups = Array.from({ length: 10_000 }, (_, index) => `group-${index}`);
    expect((await join(service, { claims: { aud: 'a', profile: { login: 'alice' }, groups } })).status).toBe(431);
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
