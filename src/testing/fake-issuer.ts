import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';

import { forget, remember } from './running.js';

/** The `aud` of the access tokens. */
export const AUDIENCE = 'livekit-token-service';

/** The event of a logout token. */
export const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';

/** The client that may introspect. */
export const INTROSPECTION_CLIENT = { clientId: 'token-service', secret: 'hunter2:of/the client' };

interface SigningKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

/**
 * An OpenID Connect issuer in the process of the test, on 127.0.0.1: signs access tokens, rotates its keys, fails, hangs, stops and comes back.
 *
 * @example
 * ```ts
 * const issuer = await FakeIssuer.start();
 * const service = await startApp(issuer.settings, { modules: [BookingsModule] });
 * const authorization = `Bearer ${await issuer.sign({ sub: 'alice', groups: ['staff'] })}`;
 * const response = await service.post('/token', { roomName: 'daily', participantName: 'Alice' }, { authorization });
 * ```
 */
export class FakeIssuer {
  /** The paths of the requests that were made of it. */
  readonly requests: string[] = [];
  /** How it responds. `hang` never responds, `nonsense` is JSON of another shape, `error` has the status 500. */
  behaviour: 'answer' | 'hang' | 'error' | 'nonsense' = 'answer';
  /** Keys that are published beside its own. */
  otherKeys: JWK[] = [];
  /** The claims that introspection returns, by token; other tokens are not active. */
  readonly active: Map<string, Record<string, unknown>> = new Map();
  private keys: SigningKey[] = [];
  private server: Server | undefined;
  private port = 0;

  private constructor() {}

  static async start(): Promise<FakeIssuer> {
    const issuer = new FakeIssuer();
    await issuer.rotate();
    await issuer.listen();
    return issuer;
  }

  /** The `iss` of its tokens. */
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Settings of a service whose callers bring access tokens of this issuer. */
  get settings(): Record<string, string> {
    return { AUTH_MODE: 'oidc', OIDC_ISSUER: this.url, OIDC_AUDIENCE: AUDIENCE };
  }

  /** Starts again after `stop`, on the same port. */
  async listen(): Promise<void> {
    remember(this);
    this.server = createServer((request, response) => void this.answer(request, response));
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  /** Closes the port and all connections. It may be called again. */
  async stop(): Promise<void> {
    forget(this);
    const { server } = this;
    if (!server) return;
    this.server = undefined;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }

  /**
   * Signs with a new key from here on.
   *
   * @param options.alg of RFC 7518. Making a key takes 1 ms for ES256, and 0.2 s for RS256.
   * @param options.drop publishes the older keys no longer.
   * @param options.publish members of the published key to set otherwise.
   */
  async rotate({ alg = 'ES256', drop = false, publish = {} } = {}): Promise<void> {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
    const kid = `key-${this.keys.length + 1}-${alg}`;
    const publicJwk = { ...(await exportJWK(publicKey)), kid, alg, use: 'sig', ...publish };
    this.keys = [{ kid, alg, privateKey, publicJwk }, ...(drop ? [] : this.keys)];
  }

  get publicJwks(): readonly JWK[] {
    return [...this.otherKeys, ...this.keys.map(({ publicJwk }) => publicJwk)];
  }

  /**
   * An access token of `user-1`, valid for 300 s.
   *
   * @param claims to add or to set otherwise; those that are undefined are left out.
   * @param header members of the header to add or to set otherwise.
   */
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

  /** A logout token (OpenID Connect Back-Channel Logout 1.0), valid for 120 s; its arguments are those of `sign`. */
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
