/** An OpenID Connect issuer in the process: signs access tokens, rotates its keys, goes down, hangs, and comes back. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { afterAll } from '@jest/globals';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';

export const AUDIENCE = 'livekit-token-service';

export const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';

/** The client that may introspect. */
export const INTROSPECTION_CLIENT = { clientId: 'token-service', secret: 'hunter2:of/the client' };

interface SigningKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

const started = new Set<FakeIssuer>();

// One that a failed test has left would keep the test run from its end.
afterAll(async () => {
  for (const issuer of started) await issuer.down();
});

export class FakeIssuer {
  /** Requests that were made for the discovery document and for the keys. */
  readonly requests: string[] = [];
  /** What discovery and keys answer; `hang` never does. */
  behaviour: 'answer' | 'hang' | 'error' | 'nonsense' = 'answer';
  /** Published beside the keys that sign. */
  otherKeys: JWK[] = [];
  /** What introspection says of tokens that are active, by token. */
  readonly active = new Map<string, Record<string, unknown>>();
  private keys: SigningKey[] = [];
  private server: Server | undefined;
  private port = 0;

  static async start(): Promise<FakeIssuer> {
    const issuer = new FakeIssuer();
    started.add(issuer);
    await issuer.rotate();
    await issuer.up();
    return issuer;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Settings of a service whose callers this issuer vouches for. */
  get settings(): Record<string, string> {
    return { AUTH_MODE: 'oidc', OIDC_ISSUER: this.url, OIDC_AUDIENCE: AUDIENCE };
  }

  /** Listens, after `down` on the same port again. */
  async up(): Promise<void> {
    this.server = createServer((request, response) => void this.answer(request, response));
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  async down(): Promise<void> {
    const { server } = this;
    if (!server) return;
    this.server = undefined;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }

  /** Signs with a new key from now on; the old ones stay published unless they are dropped. Making an RSA key takes 0.2 s. */
  async rotate({ alg = 'ES256', drop = false, publish = {} } = {}): Promise<void> {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
    const kid = `key-${this.keys.length + 1}-${alg}`;
    const publicJwk = { ...(await exportJWK(publicKey)), kid, alg, use: 'sig', ...publish };
    this.keys = [{ kid, alg, privateKey, publicJwk }, ...(drop ? [] : this.keys)];
  }

  get publicJwks(): readonly JWK[] {
    return [...this.otherKeys, ...this.keys.map(({ publicJwk }) => publicJwk)];
  }

  /** An access token; claims set to undefined are left out. */
  sign(
    claims: JWTPayload = {},
    header: { readonly kid?: string | undefined; readonly [name: string]: unknown } = {},
  ): Promise<string> {
    const [key] = this.keys;
    if (!key) throw new Error('The issuer has no key.');
    const now = Math.floor(Date.now() / 1000);
    const payload = { iss: this.url, aud: AUDIENCE, sub: 'user-1', iat: now, exp: now + 300, ...claims };
    return new SignJWT(JSON.parse(JSON.stringify(payload)) as JWTPayload)
      .setProtectedHeader({ alg: key.alg, kid: key.kid, ...header })
      .sign(key.privateKey);
  }

  /** A logout token (OpenID Connect Back-Channel Logout 1.0); claims set to undefined are left out. */
  signLogout(
    claims: JWTPayload = {},
    header: { readonly kid?: string | undefined; readonly [name: string]: unknown } = {},
  ): Promise<string> {
    const exp = Math.floor(Date.now() / 1000) + 120;
    const events = { [LOGOUT_EVENT]: {} };
    return this.sign({ exp, jti: randomUUID(), events, ...claims }, { typ: 'logout+jwt', ...header });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    this.requests.push(path);
    if (this.behaviour === 'hang') return;
    if (this.behaviour === 'error') response.statusCode = 500;
    const body = this.behaviour === 'nonsense' ? { nothing: true } : await this.bodyFor(request);
    if (body === undefined) response.statusCode = 401;
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body ?? { error: 'invalid_client' }));
  }

  private async bodyFor(request: IncomingMessage): Promise<object | undefined> {
    const { url = '', headers } = request;
    if (url === '/keys') return { keys: this.publicJwks };
    if (url === '/introspect') {
      // RFC 6749, section 2.3.1: both are form-encoded before they are joined.
      const [, credentials = ''] = headers.authorization?.split('Basic ') ?? [];
      const [clientId, secret] = Buffer.from(credentials, 'base64').toString().split(':').map(formDecoded);
      if (clientId !== INTROSPECTION_CLIENT.clientId || secret !== INTROSPECTION_CLIENT.secret) return undefined;
      const claims = this.active.get(new URLSearchParams(await text(request)).get('token') ?? '');
      return claims ? { active: true, ...claims } : { active: false };
    }
    // Also below a path, as of a tenant.
    const issuer = this.url + url.replace('/.well-known/openid-configuration', '');
    return { issuer, jwks_uri: `${this.url}/keys`, introspection_endpoint: `${this.url}/introspect` };
  }
}

const formDecoded = (part: string): string => decodeURIComponent(part.replaceAll('+', ' '));
