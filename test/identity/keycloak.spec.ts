/** A real Keycloak with its defaults: a public client, realm roles and client roles, no mapper. */
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { eventually } from '../../src/testing/eventually.js';
import { type RunningApp, startApp } from '../../src/testing/start-app.js';
import { pass, takeClock } from '../support/clock.js';
import { verifyToken } from '../../src/testing/livekit-token.js';
import { temporaryFile } from '../support/temporary-file.js';

import { INTROSPECTION, Keycloak } from './support/keycloak.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

const RULES = `
- rooms: [stage]
  callers: { realm_access.roles: host }
  grants: { roomAdmin: true }
- rooms: [office]
  callers: { 'resource_access[my.client].roles': staff }
- rooms: [lobby]
`;

describe('Keycloak', () => {
  let keycloak: Keycloak;
  let service: RunningApp;
  takeClock();
  beforeAll(async () => {
    keycloak = await Keycloak.start();
  }, 300_000);
  afterEach(() => service.close());

  const start = async (settings: Record<string, string>): Promise<void> => {
    service = await startApp({ AUTH_MODE: 'oidc', JOIN_RULES_FILE: temporaryFile(RULES).path, ...settings });
  };
  const startWithDefaults = (settings: Record<string, string> = {}): Promise<void> =>
    start({
      OIDC_ISSUER: keycloak.issuer,
      OIDC_CLIENT_IDS: 'web',
      OIDC_IDENTITY_CLAIM: 'preferred_username',
      ...settings,
    });
  const startWithIntrospection = (always: boolean): Promise<void> => {
    const { clientId, secret } = INTROSPECTION;
    const introspection = { clientId, clientSecretFile: temporaryFile(secret).path, always };
    const entry = { name: 'main', issuer: keycloak.issuer, clientIds: ['web'], introspection };
    return start({ OIDC_PROVIDERS_FILE: temporaryFile(JSON.stringify([entry])).path });
  };

  const join = (token: string, roomName = 'lobby'): Promise<Response> =>
    service.post('/token', { roomName, participantName: 'Client' }, { authorization: `Bearer ${token}` });
  const statusOf = async (token: string, room?: string): Promise<number> => (await join(token, room)).status;
  const issuerStatus = async (): Promise<unknown> => {
    const response = await fetch(`${service.url}/health/ready`);
    return ((await response.json()) as { details: { issuer: { status: unknown } } }).details.issuer.status;
  };
  const codeOf = async (token: string): Promise<unknown> => {
    const response = await service.post('/livekit/token', { room_name: 'lobby' }, { authorization: `Bearer ${token}` });
    return (await response.json()) as unknown;
  };

  it('lets its users in under their name, into the rooms of their roles', async () => {
    await startWithDefaults();
    const alice = (await keycloak.signIn('alice')).access_token;
    const bob = (await keycloak.signIn('bob')).access_token;
    const claims = await verifyToken((await (await join(alice, 'stage')).json()) as string);
    expect(claims).toMatchObject({ sub: 'alice', name: 'Alice Liddell', video: { room: 'stage', roomAdmin: true } });
    expect([await statusOf(alice, 'office'), await statusOf(alice, 'lobby')]).toEqual([200, 200]);
    expect([await statusOf(bob, 'stage'), await statusOf(bob, 'office'), await statusOf(bob)]).toEqual([403, 403, 200]);
  });

  it('has no audience of ours by default, but that of a client whose role the user has', async () => {
    await startWithDefaults({ OIDC_AUDIENCE: 'livekit' });
    expect(await statusOf((await keycloak.signIn('alice')).access_token)).toBe(401);
    await service.close();
    await startWithDefaults({ OIDC_AUDIENCE: INTROSPECTION.clientId });
    expect(await statusOf((await keycloak.signIn('alice')).access_token)).toBe(200);
    expect(await statusOf((await keycloak.signIn('bob')).access_token)).toBe(401);
  });

  it('has other tokens, which are refused: ID tokens, refresh tokens, those of another client', async () => {
    await startWithDefaults();
    const { id_token, refresh_token } = await keycloak.signIn('alice');
    expect(await codeOf(id_token)).toMatchObject({
      code: 'INVALID_TOKEN',
      detail: expect.stringContaining('ID token') as unknown,
    });
    expect(await codeOf(refresh_token)).toMatchObject({ code: 'INVALID_TOKEN' });
    expect(await codeOf((await keycloak.signIn('alice', 'other')).access_token)).toMatchObject({
      code: 'INVALID_TOKEN',
    });
  });

  it('may rotate its keys while callers come', async () => {
    await startWithDefaults();
    const old = (await keycloak.signIn('alice')).access_token;
    expect(await statusOf(old)).toBe(200);
    await keycloak.addKey();
    const next = (await keycloak.signIn('alice')).access_token;
    pass(31 * SECOND);
    const callers = [old, next, old, next, old, next].map((token) => statusOf(token));
    expect(await Promise.all(callers)).toEqual([200, 200, 200, 200, 200, 200]);

    await keycloak.dropOldKeys();
    pass(11 * MINUTE);
    // The first request has the keys fetched in the background.
    expect(await statusOf(next)).toBe(200);
    pass(21 * MINUTE);
    expect([await statusOf(next), await statusOf(old)]).toEqual([200, 401]);
  });

  it('may be down and come back', async () => {
    await startWithDefaults();
    const token = (await keycloak.signIn('alice')).access_token;
    const other = (await keycloak.signIn('bob')).access_token;
    expect(await statusOf(token)).toBe(200);
    await keycloak.down();
    try {
      pass(30 * MINUTE);
      expect([await statusOf(token), await statusOf(other)]).toEqual([200, 200]);
      await eventually(async () => (await issuerStatus()) === 'degraded');
    } finally {
      await keycloak.up();
    }
    pass(MINUTE);
    expect(await statusOf((await keycloak.signIn('alice')).access_token)).toBe(200);
    await eventually(async () => (await issuerStatus()) === 'up');
  });

  it('may be down when the service starts', async () => {
    const token = (await keycloak.signIn('alice')).access_token;
    await keycloak.down();
    try {
      await startWithDefaults();
      expect(await codeOf(token)).toMatchObject({ code: 'AUTHENTICATION_UNAVAILABLE' });
    } finally {
      await keycloak.up();
    }
    pass(3 * SECOND);
    expect(await statusOf(token)).toBe(200);
  });

  it('is asked by introspection whether a token was revoked', async () => {
    await startWithIntrospection(true);
    const [first, second] = [await keycloak.signIn('alice'), await keycloak.signIn('alice')];
    expect(await statusOf(first.access_token, 'stage')).toBe(200);
    await keycloak.signOut('alice');
    expect(await statusOf(second.access_token, 'stage')).toBe(401);
    expect(await statusOf((await keycloak.signIn('alice')).access_token, 'stage')).toBe(200);
    expect(service.output.text()).not.toContain(INTROSPECTION.secret);
  });

  it('accepts a revoked JWT until it expires without always: true', async () => {
    await startWithIntrospection(false);
    const { access_token } = await keycloak.signIn('alice');
    await keycloak.signOut('alice');
    expect(await statusOf(access_token)).toBe(200);
    expect(await statusOf('opaque')).toBe(401);
  });
});
