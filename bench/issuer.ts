/** An OpenID Connect issuer for the load: answers with its keys when it is asked, and signs access tokens beforehand. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { type CryptoKey, exportJWK, generateKeyPair, type JSONWebKeySet, type JWK, SignJWT } from 'jose';

export const ALGORITHMS = ['RS256', 'ES256'] as const;

export type Algorithm = (typeof ALGORITHMS)[number];

const AUDIENCE = 'livekit-token-service';

export class Issuer {
  private readonly privateKeys = new Map<Algorithm, CryptoKey>();
  private readonly published: JWK[] = [];
  private signed = 0;

  private constructor(private readonly server: Server) {
    server.on('request', ({ url }, response) => {
      const body = url === '/keys' ? this.keySet : { issuer: this.url, jwks_uri: `${this.url}/keys` };
      response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
    });
  }

  static async start(): Promise<Issuer> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const issuer = new Issuer(server);
    for (const alg of ALGORITHMS) {
      const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
      issuer.privateKeys.set(alg, privateKey);
      issuer.published.push({ ...(await exportJWK(publicKey)), kid: alg, alg, use: 'sig' });
    }
    return issuer;
  }

  get keySet(): JSONWebKeySet {
    return { keys: this.published };
  }

  /** What a verifier of these tokens insists on. */
  get expectations(): { issuer: string; audience: string } {
    return { issuer: this.url, audience: AUDIENCE };
  }

  get settings(): Record<string, string> {
    return { AUTH_MODE: 'oidc', OIDC_ISSUER: this.url, OIDC_AUDIENCE: AUDIENCE };
  }

  /** Tokens that no earlier call gave, each of another user, with about the claims of a real one. */
  bearers(alg: Algorithm, count: number): Promise<string[]> {
    return Promise.all(Array.from({ length: count }, () => this.sign(alg)));
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  private sign(alg: Algorithm): Promise<string> {
    const user = `user-${this.signed++}`;
    const privateKey = this.privateKeys.get(alg);
    if (privateKey === undefined) throw new RangeError(`no key for ${alg}`);
    const claims = {
      azp: 'web',
      scope: 'openid profile email',
      name: `Name of ${user}`,
      preferred_username: user,
      email: `${user}@example.com`,
      email_verified: true,
      groups: ['staff', 'support', 'europe'],
    };
    return new SignJWT(claims)
      .setProtectedHeader({ alg, kid: alg, typ: 'JWT' })
      .setIssuer(this.url)
      .setAudience(AUDIENCE)
      .setSubject(user)
      .setJti(crypto.randomUUID())
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(privateKey);
  }
}
