/** With AUTH_MODE=oidc nobody enters without a valid access token, and nobody as somebody else. */
import { createHmac } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateKeyPair, SignJWT } from 'jose';

import { type RunningApp, startApp } from '../src/testing/start-app.js';
import { AUDIENCE, FakeIssuer } from '../src/testing/fake-issuer.js';
import { verifyToken } from '../src/testing/livekit-token.js';

const now = (): number => Math.floor(Date.now() / 1000);
const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const bearer = async (token: Promise<string> | string): Promise<string> => `Bearer ${await token}`;

describe('AUTH_MODE=oidc', () => {
  let issuer: FakeIssuer;
  let foreign: FakeIssuer;
  let service: RunningApp;
  beforeAll(async () => {
    issuer = await FakeIssuer.start();
    foreign = await FakeIssuer.start();
    service = await startApp({ ...issuer.settings, TOKEN_RESPONSE_FORMAT: 'object' });
  });
  afterAll(async () => {
    await service.close();
    await issuer.stop();
    await foreign.stop();
  });

  const ask = (path: string, body: unknown, authorization?: string): Promise<Response> =>
    service.post(path, body, authorization === undefined ? {} : { authorization });
  const ROUTES: [string, unknown][] = [
    ['/token', { roomName: 'r', participantName: 'Alice' }],
    ['/livekit/token', { room_name: 'r' }],
  ];

  /** The header and payload of a token of ours, signed in another way. */
  const forged = (header: object, sign: (input: string) => string): string => {
    const claims = { iss: issuer.url, aud: AUDIENCE, sub: 'user-1', exp: now() + 300 };
    const input = `${base64url(header)}.${base64url(claims)}`;
    return `${input}.${sign(input)}`;
  };

  interface Refused {
    readonly who: string;
    readonly authorization: () => Promise<string | undefined> | string | undefined;
    readonly status: number;
    readonly code: string;
    /** What WWW-Authenticate says beside the realm. */
    readonly error?: string;
  }
  const invalid = { status: 401, code: 'INVALID_TOKEN', error: 'invalid_token' };
  const CALLERS: Refused[] = [
    { who: 'nobody', authorization: () => undefined, status: 401, code: 'AUTHENTICATION_REQUIRED' },
    { who: 'another scheme', authorization: () => 'Basic YTpi', status: 401, code: 'AUTHENTICATION_REQUIRED' },
    { who: 'no token', authorization: () => 'Bearer', status: 400, code: 'INVALID_REQUEST', error: 'invalid_request' },
    {
      who: 'two tokens',
      authorization: () => 'Bearer a b',
      status: 400,
      code: 'INVALID_REQUEST',
      error: 'invalid_request',
    },
    { who: 'garbage', authorization: () => 'Bearer garbage', ...invalid },
    { who: 'almost a JWT', authorization: () => 'Bearer e30.e30.e30', ...invalid },
    { who: 'an expired token', authorization: () => bearer(issuer.sign({ exp: now() - 60 })), ...invalid },
    { who: 'a token without an end', authorization: () => bearer(issuer.sign({ exp: undefined })), ...invalid },
    { who: 'a token of tomorrow', authorization: () => bearer(issuer.sign({ nbf: now() + 120 })), ...invalid },
    { who: 'a foreign issuer', authorization: () => bearer(foreign.sign()), ...invalid },
    { who: 'a foreign issuer in our name', authorization: () => bearer(foreign.sign({ iss: issuer.url })), ...invalid },
    { who: 'a wrong audience', authorization: () => bearer(issuer.sign({ aud: 'another-service' })), ...invalid },
    { who: 'no audience', authorization: () => bearer(issuer.sign({ aud: undefined })), ...invalid },
    { who: 'no issuer', authorization: () => bearer(issuer.sign({ iss: undefined })), ...invalid },
    { who: 'no subject', authorization: () => bearer(issuer.sign({ sub: undefined })), ...invalid },
    { who: 'alg none', authorization: () => `Bearer ${forged({ alg: 'none' }, () => '')}`, ...invalid },
    {
      who: 'HS256 keyed with our public key',
      authorization: () => {
        const [jwk] = issuer.publicJwks;
        const kid = jwk?.kid;
        return `Bearer ${forged({ alg: 'HS256', kid }, (input) =>
          createHmac('sha256', JSON.stringify(jwk)).update(input).digest('base64url'),
        )}`;
      },
      ...invalid,
    },
    {
      who: 'a key of its own in the header',
      authorization: async () => {
        const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
        const jwk = await crypto.subtle.exportKey('jwk', publicKey);
        return bearer(
          new SignJWT({ sub: 'user-1' })
            .setProtectedHeader({
              alg: 'RS256',
              jwk: { kty: 'RSA', n: jwk.n ?? '', e: jwk.e ?? '' },
              jku: `${foreign.url}/keys`,
            })
            .setIssuer(issuer.url)
            .setAudience(AUDIENCE)
            .setExpirationTime('5m')
            .sign(privateKey),
        );
      },
      ...invalid,
    },
    {
      who: 'a tampered token',
      authorization: async () => (await bearer(issuer.sign())).replace(/.{8}$/, 'AAAAAAAA'),
      ...invalid,
    },
    {
      who: 'an empty identity',
      authorization: () => bearer(issuer.sign({ sub: '' })),
      status: 401,
      code: 'IDENTITY_CLAIM_MISSING',
      error: 'invalid_token',
    },
  ];

  describe.each(ROUTES)('%s', (path, body) => {
    it.each(CALLERS)('refuses $who: $status $code', async ({ authorization, status, code, error }) => {
      const header = await authorization();
      const requestId = `${path.replaceAll('/', '.')}-${Math.random()}`;
      const response = await service.post(path, body, {
        ...(header && { authorization: header }),
        'x-request-id': requestId,
      });
      const text = await response.text();

      expect(response.status).toBe(status);
      const decision = service.output.lines().find((line) => line['requestId'] === requestId);
      expect(decision).toMatchObject({ message: 'refused', code, status });
      const challenge = response.headers.get('www-authenticate') ?? '';
      expect(challenge).toMatch(/^Bearer realm="/);
      expect(/ error="([^"]*)"/.exec(challenge)?.[1]).toBe(error);
      if (path === '/token') expect(Object.keys(JSON.parse(text) as object)).toEqual(['errorMessage']);
      else expect(JSON.parse(text)).toMatchObject({ code, status });
      if (header !== undefined && header.length > 20) expect(service.output.text()).not.toContain(header.slice(7));
    });

    it('lets a bearer in as whom the issuer says, whatever the body says', async () => {
      const response = await ask(path, body, `bearer ${await issuer.sign({ name: 'Alice Liddell' })}`);
      expect(response.ok).toBe(true);
      const answer = (await response.json()) as Record<string, string>;
      const claims = await verifyToken(answer['token'] ?? answer['participant_token'] ?? '');
      expect(claims).toMatchObject({ sub: 'user-1', name: 'Alice Liddell', video: { roomJoin: true, room: 'r' } });
    });

    it('does not read tokens from a query string', async () => {
      expect((await ask(`${path}?access_token=${await issuer.sign()}`, body)).status).toBe(401);
    });
  });

  it('takes the display name from the body where the access token has none', async () => {
    const authorization = `Bearer ${await issuer.sign({ name: undefined })}`;
    const answer = (await (await ask('/token', { roomName: 'r', participantName: 'Bob' }, authorization)).json()) as {
      token: string;
    };
    expect(await verifyToken(answer.token)).toMatchObject({ sub: 'user-1', name: 'Bob' });
  });

  it.each([
    ['blank', ' '],
    ['over 256 bytes', 'x'.repeat(257)],
    ['a number', 42],
    ['null', null],
    ['ill-formed Unicode', '\ud83d'],
  ])('leaves the display name out if the name claim is %s, whatever the body says', async (_what, name) => {
    const authorization = `Bearer ${await issuer.sign({ name })}`;
    const first = (await (await ask('/token', ROUTES[0]?.[1], authorization)).json()) as { token: string };
    expect(await verifyToken(first.token)).not.toHaveProperty('name');
    const second = await ask('/livekit/token', { room_name: 'r', participant_name: 'Bob' }, authorization);
    const answer = (await second.json()) as { participant_token: string; participant_name: string };
    expect(await verifyToken(answer.participant_token)).not.toHaveProperty('name');
    expect(answer.participant_name).toBe('user-1');
  });

  it('refuses the identity of somebody else, and takes the own one', async () => {
    const authorization = `Bearer ${await issuer.sign()}`;
    const other = await ask('/livekit/token', { participant_identity: 'user-2' }, authorization);
    expect(other.status).toBe(403);
    expect(await other.json()).toMatchObject({ code: 'IDENTITY_NOT_OWN' });
    expect((await ask('/livekit/token', { participant_identity: 'user-1' }, authorization)).status).toBe(201);
  });

  it.each(['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'])('accepts %s', async (alg) => {
    const own = await FakeIssuer.start();
    await own.rotate({ alg, drop: true });
    const app = await startApp(own.settings);
    const response = await app.post(
      '/token',
      { roomName: 'r', participantName: 'p' },
      { authorization: `Bearer ${await own.sign()}` },
    );
    expect(response.status).toBe(200);
    await app.close();
    await own.stop();
  });

  it('reads identity and name from the claims that the operator names', async () => {
    const app = await startApp({ ...issuer.settings, OIDC_IDENTITY_CLAIM: 'email', OIDC_NAME_CLAIM: 'nick' });
    const send = async (claims: Record<string, unknown>): Promise<Response> =>
      app.post(
        '/token',
        { roomName: 'r', participantName: 'p' },
        { authorization: `Bearer ${await issuer.sign(claims)}` },
      );
    const claims = await verifyToken((await (await send({ email: 'a@example.com', nick: 'A' })).json()) as string);
    expect(claims).toMatchObject({ sub: 'a@example.com', name: 'A' });
    for (const email of [undefined, '', ' ', 42, ['a@example.com'], 'x'.repeat(257)]) {
      expect((await send({ email })).status).toBe(401);
    }
    await app.close();
  });

  it('leaves health open, and says nothing of routes that are not there', async () => {
    expect((await fetch(`${service.url}/health/live`)).status).toBe(200);
    expect((await fetch(`${service.url}/nowhere`)).status).toBe(404);
  });
});
