/** Tokens in the shapes of the usual identity providers, with settings and rules that admit them, and changes that must not be admitted. */
import type { JWTPayload } from 'jose';

type Settings = Record<string, string>;
type Header = Record<string, unknown>;
export interface Presented {
  readonly claims: JWTPayload;
  readonly header?: Header;
}

const UUID = '0f1d7a62-1f0e-4d70-9a57-2f6b1f1c6c11';
export const TENANT = '72f988bf-86f1-41af-91ab-2d7cd011db47';
export const OTHER_TENANT = '9188040d-6c67-4c5b-b112-36a304b66dad';

export interface ProviderToken {
  readonly provider: string;
  readonly settings: Settings | ((issuer: string) => Settings);
  /** As JOIN_RULES_FILE, for the room `r`. */
  readonly callers: Record<string, unknown>;
  readonly token: Presented | ((issuer: string) => Presented);
  readonly joins: { readonly sub: string; readonly name?: string };
  /** What differs from `token`. */
  readonly refused: Record<string, { readonly claims?: JWTPayload; readonly header?: Header }>;
}

/** One for each recipe of docs/authentication.md. */
export const PROVIDER_TOKENS: readonly ProviderToken[] = [
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
    settings: (issuer) => ({
      OIDC_ISSUER: `${issuer}/{tenantid}/v2.0`,
      OIDC_TENANTS: `11111111-1111-1111-1111-111111111111, ${TENANT}`,
      OIDC_AUDIENCE: 'api://livekit',
      OIDC_CLIENT_IDS: 'spa',
    }),
    callers: { tid: TENANT },
    token: (issuer) => ({
      claims: { sub: 'a', iss: `${issuer}/${TENANT}/v2.0`, tid: TENANT, aud: 'api://livekit', azp: 'spa' },
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
  {
    provider: 'Google, by ID token',
    settings: { OIDC_AUDIENCE: '1-a.apps.googleusercontent.com', OIDC_TOKEN_TYPE: 'id' },
    callers: { hd: 'acme.example' },
    token: {
      claims: {
        sub: '110169484474386276334',
        aud: '1-a.apps.googleusercontent.com',
        azp: '1-a.apps.googleusercontent.com',
        at_hash: 'h',
        nonce: 'n',
        hd: 'acme.example',
        email: 'alice@acme.example',
        email_verified: true,
        name: 'Alice Liddell',
      },
      header: { typ: 'JWT' },
    },
    joins: { sub: '110169484474386276334', name: 'Alice Liddell' },
    refused: {
      'another client': { claims: { aud: '2-b.apps.googleusercontent.com' } },
      'another organization': { claims: { hd: 'other.example' } },
      'a private account': { claims: { hd: undefined } },
    },
  },
];
