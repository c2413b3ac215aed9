/** A real Keycloak with a realm as an administrator makes it, without a mapper. */
import { join } from 'node:path';

import { freePort } from '../../support/built-service.js';

import { Front } from './front.js';
import { startServer } from './server.process.js';

const REALM = 'test';
export const INTROSPECTION = { clientId: 'token-service', secret: 'hunter2-of-the-service' };

/** Everything that is not said here is Keycloak's default. */
const REALM_SETTINGS = {
  realm: REALM,
  enabled: true,
  // The tests let hours pass.
  accessTokenLifespan: 36_000,
  roles: {
    realm: [{ name: 'host' }],
    client: {
      'my.client': [{ name: 'staff' }],
      // Keycloak puts a client into `aud` if the user has a role of it, and introspects only for clients in `aud`.
      [INTROSPECTION.clientId]: [{ name: 'join' }],
    },
  },
  clients: [
    { clientId: 'web', publicClient: true, directAccessGrantsEnabled: true, redirectUris: ['https://app.example/*'] },
    { clientId: 'other', publicClient: true, directAccessGrantsEnabled: true, redirectUris: ['https://app.example/*'] },
    { clientId: 'my.client', publicClient: true },
    { clientId: INTROSPECTION.clientId, secret: INTROSPECTION.secret, standardFlowEnabled: false },
  ],
  users: [
    {
      ...user('alice', 'Alice', 'Liddell'),
      realmRoles: ['default-roles-test', 'host'],
      clientRoles: { 'my.client': ['staff'], [INTROSPECTION.clientId]: ['join'] },
    },
    { ...user('bob', 'Bob', 'Builder'), realmRoles: ['default-roles-test'] },
  ],
};

function user(username: string, firstName: string, lastName: string): object {
  return {
    username,
    firstName,
    lastName,
    enabled: true,
    email: `${username}@acme.example`,
    emailVerified: true,
    credentials: [{ type: 'password', value: username }],
  };
}

interface Tokens {
  readonly access_token: string;
  readonly id_token: string;
  readonly refresh_token: string;
}

export class Keycloak {
  private constructor(
    private readonly url: string,
    private readonly front: Front,
  ) {}

  static async start(): Promise<Keycloak> {
    const [port, frontPort] = [await freePort(), await freePort()];
    const keycloak = new Keycloak(`http://127.0.0.1:${frontPort}`, new Front(frontPort, port));
    await keycloak.up();
    await startServer({
      command: join(process.env['KEYCLOAK_HOME'] ?? '', 'bin/kc.sh'),
      args: ['start-dev', `--http-port=${port}`, '--http-host=127.0.0.1', '--db=dev-mem'],
      environment: {
        KC_BOOTSTRAP_ADMIN_USERNAME: 'admin',
        KC_BOOTSTRAP_ADMIN_PASSWORD: 'admin',
        // A process that lives for a minute gains nothing from code that is optimized in the background.
        JAVA_OPTS_APPEND: '-XX:TieredStopAtLevel=1',
      },
      readyAt: `http://127.0.0.1:${port}/realms/master/.well-known/openid-configuration`,
    });
    await keycloak.admin('POST', '', REALM_SETTINGS);
    return keycloak;
  }

  get issuer(): string {
    return `${this.url}/realms/${REALM}`;
  }

  async signIn(username: string, client = 'web'): Promise<Tokens> {
    return this.tokens(REALM, { username, password: username, client_id: client, scope: 'openid' });
  }

  async signOut(username: string): Promise<void> {
    const [found] = (await this.admin('GET', `/${REALM}/users?username=${username}`)) as { id: string }[];
    await this.admin('POST', `/${REALM}/users/${found?.id}/logout`);
  }

  /** Has logout tokens of a client sent to this URL. */
  async sendLogouts(client: string, url: string): Promise<void> {
    const [found] = (await this.admin('GET', `/${REALM}/clients?clientId=${client}`)) as {
      id: string;
      attributes?: object;
    }[];
    const attributes = {
      ...found?.attributes,
      'backchannel.logout.url': url,
      'backchannel.logout.session.required': 'true',
    };
    await this.admin('PUT', `/${REALM}/clients/${found?.id}`, { ...found, attributes });
  }

  /** Ends one session: the claim `sid` of its tokens. */
  async endSession(sid: string): Promise<void> {
    await this.admin('DELETE', `/${REALM}/sessions/${sid}`);
  }

  up(): Promise<void> {
    return this.front.up();
  }

  down(): Promise<void> {
    return this.front.down();
  }

  /** Signs with a new key from now on. The old ones stay published. */
  async addKey(): Promise<void> {
    const { id } = (await this.admin('GET', `/${REALM}`)) as { id: string };
    await this.admin('POST', `/${REALM}/components`, {
      name: `key-${Date.now()}`,
      providerId: 'rsa-generated',
      providerType: 'org.keycloak.keys.KeyProvider',
      parentId: id,
      config: { priority: ['500'], algorithm: ['RS256'], keySize: ['2048'] },
    });
  }

  /** Withdraws every signing key but the newest one. */
  async dropOldKeys(): Promise<void> {
    const query = 'type=org.keycloak.keys.KeyProvider';
    const components = (await this.admin('GET', `/${REALM}/components?${query}`)) as {
      id: string;
      name: string;
      providerId: string;
    }[];
    const old = components.filter(({ name, providerId }) => providerId === 'rsa-generated' && !name.startsWith('key-'));
    for (const { id } of old) await this.admin('DELETE', `/${REALM}/components/${id}`);
  }

  private async tokens(realm: string, parameters: Record<string, string>): Promise<Tokens> {
    const response = await fetch(`${this.url}/realms/${realm}/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'password', ...parameters }),
    });
    if (!response.ok) throw new Error(`Keycloak gave no token: ${response.status} ${await response.text()}`);
    return (await response.json()) as Tokens;
  }

  private async admin(method: string, path: string, body?: object): Promise<unknown> {
    const { access_token } = await this.tokens('master', {
      username: 'admin',
      password: 'admin',
      client_id: 'admin-cli',
    });
    const response = await fetch(`${this.url}/admin/realms${path}`, {
      method,
      headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}
