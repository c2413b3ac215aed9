/** Starts oidc-provider, the certified OpenID provider for Node. */
import { join } from 'node:path';

import { freePort } from '../../support/built-service.js';

import { startServer } from './server.process.js';

export const INTROSPECTION = { clientId: 'token-service', secret: 'hunter2:of the service/%' };
export const AUDIENCE = 'https://livekit.example';

interface Wanted {
  readonly kind?: 'AccessToken' | 'RefreshToken';
  readonly sub?: string;
  readonly format?: 'opaque' | 'jwt';
  /** Claims beside those of the standard. */
  readonly extra?: object;
}

export class OidcProviderServer {
  private constructor(readonly issuer: string) {}

  static async start(): Promise<OidcProviderServer> {
    const port = await freePort();
    const issuer = `http://127.0.0.1:${port}`;
    await startServer({
      command: process.execPath,
      args: [join(import.meta.dirname, 'oidc-provider.server.mjs'), String(port), INTROSPECTION.secret],
      readyAt: `${issuer}/.well-known/openid-configuration`,
    });
    return new OidcProviderServer(issuer);
  }

  async issue({ kind = 'AccessToken', sub = 'alice', ...others }: Wanted = {}): Promise<string> {
    const response = await fetch(`${this.issuer}/issue`, {
      method: 'POST',
      body: JSON.stringify({ kind, sub, ...others }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return text;
  }

  /** RFC 7009. */
  async revoke(token: string): Promise<void> {
    const response = await fetch(`${this.issuer}/token/revocation`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from('web:secret-of-web').toString('base64')}` },
      body: new URLSearchParams({ token }),
    });
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  }
}
