/** oidc-provider, the certified OpenID provider for Node: opaque tokens, JWTs by RFC 9068, and two providers at once. */
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { type RunningApp, startApp } from '../../src/testing/start-app.js';
import { verifyToken } from '../../src/testing/livekit-token.js';
import { temporaryFile } from '../support/temporary-file.js';

import { AUDIENCE, INTROSPECTION, OidcProviderServer } from './support/oidc-provider.js';

describe('oidc-provider', () => {
  let staff: OidcProviderServer;
  let guests: OidcProviderServer;
  let service: RunningApp;
  beforeAll(async () => {
    staff = await OidcProviderServer.start();
    guests = await OidcProviderServer.start();
  });
  afterEach(() => service.close());

  const introspection = {
    clientId: INTROSPECTION.clientId,
    clientSecretFile: temporaryFile(`${INTROSPECTION.secret}\n`).path,
  };
  const start = async (entries: readonly object[], rules?: readonly object[]): Promise<void> => {
    service = await startApp({
      AUTH_MODE: 'oidc',
      OIDC_PROVIDERS_FILE: temporaryFile(JSON.stringify(entries)).path,
      ...(rules && { JOIN_RULES_FILE: temporaryFile(JSON.stringify(rules)).path }),
    });
  };
  const both = (): object[] => [
    { name: 'staff', issuer: staff.issuer, audience: AUDIENCE, identity: 'staff:${sub}', introspection },
    { name: 'guests', issuer: guests.issuer, clientIds: ['web'], identity: 'guest:${sub}', introspection },
  ];
  const join = (token: string, roomName = 'r'): Promise<Response> =>
    service.post('/token', { roomName, participantName: 'Client' }, { authorization: `Bearer ${token}` });
  const statusOf = async (token: string, room?: string): Promise<number> => (await join(token, room)).status;
  const identityOf = async (token: string): Promise<string | undefined> =>
    (await verifyToken((await (await join(token)).json()) as string)).sub;

  it('lets the bearer of an opaque token in, until it is revoked', async () => {
    await start([{ name: 'main', issuer: staff.issuer, clientIds: ['web'], introspection }]);
    const [first, second] = [await staff.issue(), await staff.issue()];
    expect(await identityOf(first)).toBe('alice');
    await staff.revoke(second);
    expect(await statusOf(second)).toBe(401);
    expect(await statusOf('of-nobody')).toBe(401);
    expect(service.output.text()).not.toContain(first);
    expect(service.output.text()).not.toContain(INTROSPECTION.secret);
  });

  it('lets the bearer of a JWT by RFC 9068 in, where it is required too', async () => {
    await start([{ name: 'main', issuer: staff.issuer, audience: AUDIENCE, tokenType: 'at+jwt' }]);
    expect(await identityOf(await staff.issue({ format: 'jwt' }))).toBe('alice');
    expect(await statusOf(await guests.issue({ format: 'jwt' }))).toBe(401);
    expect(await statusOf(await staff.issue({ format: 'opaque' }))).toBe(401);
  });

  it('and another one vouch for their own users, with either kind of token', async () => {
    await start(both(), [{ rooms: ['r'] }, { rooms: ['office'], callers: { provider: 'staff', team: 'red' } }]);
    expect(await identityOf(await staff.issue({ format: 'jwt' }))).toBe('staff:alice');
    expect(await identityOf(await guests.issue({ format: 'jwt' }))).toBe('guest:alice');
    expect(await identityOf(await staff.issue({ format: 'opaque' }))).toBe('staff:alice');
    expect(await identityOf(await guests.issue())).toBe('guest:alice');

    const extra = { team: 'red', provider: 'staff' };
    for (const format of ['jwt', 'opaque'] as const) {
      expect(await statusOf(await staff.issue({ format, extra }), 'office')).toBe(200);
      expect(await statusOf(await guests.issue({ format, extra }), 'office')).toBe(403);
    }
    // Active at the first provider, but not for its audience.
    expect(await statusOf(await staff.issue())).toBe(401);
  });
});
