/** What `npm run doctor` tells an operator of settings, and of what they lead to beside LiveKit. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { freePort, runBuilt, spawnService, untilListening } from './support/built-service.js';
import { examine, OWN_KEY } from './support/doctor.js';
import { FakeLiveKit } from '../src/testing/fake-livekit.js';
import { FakeIssuer } from '../src/testing/fake-issuer.js';
import { temporaryFile } from './support/temporary-file.js';
import { eventually } from '../src/testing/eventually.js';

let livekit: FakeLiveKit;
let here: Record<string, string>;
beforeEach(async () => {
  livekit = await FakeLiveKit.start();
  here = { LIVEKIT_URL: livekit.url, SERVER_PORT: String(await freePort()) };
});
afterEach(() => livekit.stop());

const findings = (settings: Record<string, string> = {}, check?: string): Promise<string[]> =>
  examine({ ...here, ...settings }, check);

describe('the address that clients are told', () => {
  it.each<[string, Record<string, string>, ...RegExp[]]>([
    ['is not set', { LIVEKIT_URL: '', NODE_ENV: 'production', AUTH_MODE: 'none', ...OWN_KEY }, /^warning: .*not set/],
    ['is not encrypted', { LIVEKIT_URL: 'ws://livekit.example.invalid' }, /^warning: .*not encrypted/],
    ['is a name of containers', { LIVEKIT_URL: 'wss://livekit' }, /^warning: .*elsewhere can probably not resolve/],
    ['is a name of a cluster', { LIVEKIT_URL: 'http://a.b.svc' }, /^warning: .*elsewhere/, /^warning: .*not encrypted/],
    [
      'is this machine, for keys of an own',
      { LIVEKIT_URL: 'ws://localhost:1', ...OWN_KEY },
      /^warning: .*anywhere else/,
    ],
    ['is this machine, for trying it out', { LIVEKIT_URL: 'ws://[::1]:1' }, /^ok: /],
    ['is right', { LIVEKIT_URL: 'wss://livekit.example.invalid' }, /^ok: .*encrypted/],
  ])('%s', async (_what, settings, ...found) => {
    const internal = { LIVEKIT_INTERNAL_URL: livekit.url };
    expect(await findings({ ...internal, ...settings }, 'address')).toEqual(
      found.map((line) => expect.stringMatching(line)),
    );
  });
});

describe('the issuer', () => {
  let issuer: FakeIssuer;
  beforeAll(async () => {
    issuer = await FakeIssuer.start();
  });
  afterEach(() => {
    issuer.behaviour = 'answer';
  });
  afterAll(() => issuer.stop());

  it('is right, by discovery or without', async () => {
    expect(await findings(issuer.settings, 'issuer')).toEqual([expect.stringMatching(/^ok: .*keys \(1\)/)]);
    const without = {
      ...issuer.settings,
      OIDC_ISSUER: 'https://elsewhere.invalid',
      OIDC_JWKS_URI: `${issuer.url}/keys`,
    };
    expect(await findings(without, 'issuer')).toEqual([expect.stringMatching(/^ok: /)]);
  });

  it.each<[string, () => Record<string, string>, RegExp]>([
    ['names itself otherwise', () => ({ OIDC_ISSUER: issuer.url.replace('127.0.0.1', 'localhost') }), /another issuer/],
    ['names itself with a slash less', () => ({ OIDC_ISSUER: `${issuer.url}/` }), /ends with a slash/],
    ['is not known to DNS', () => ({ OIDC_ISSUER: 'https://id.invalid' }), /its name/],
    ['has no keys where they should be', () => ({ OIDC_JWKS_URI: `${issuer.url}/other` }), /set of keys/],
  ])('%s', async (_what, settings, found) => {
    const [line, ...others] = await findings({ ...issuer.settings, ...settings() }, 'issuer');
    expect([line, others]).toEqual([expect.stringMatching(found), []]);
    expect(line).toMatch(/^fault/);
  });

  it('fails', async () => {
    issuer.behaviour = 'error';
    expect(await findings(issuer.settings, 'issuer')).toEqual([expect.stringMatching(/^fault: .*responded with 500/)]);
  });

  it('publishes no key that signs access tokens', async () => {
    livekit.fronts.set('/keys', {
      status: 200,
      body: '{"keys":[{"kty":"oct","k":"hunter2"},{"kty":"RSA","use":"enc"}]}',
    });
    const settings = { ...issuer.settings, OIDC_JWKS_URI: `${livekit.url.replace('ws', 'http')}/keys` };
    expect(await findings(settings, 'issuer')).toEqual([expect.stringMatching(/^fault: .*no key/)]);
  });
});

describe('Redis', () => {
  /** Answers each command by what a test says; its library greets first. */
  async function redisSays(reply: (command: string) => string, account: string): Promise<string[]> {
    const server = createTcpServer((socket) => {
      socket.setEncoding('utf8').on('data', (commands: string) => {
        for (const command of commands.split(/^\*\d+\r\n/m).slice(1)) socket.write(`${reply(command)}\r\n`);
      });
      socket.on('error', () => undefined);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const lines = await findings({ REDIS_URL: `redis://${account}127.0.0.1:${port}` }, 'redis');
    server.close();
    return lines;
  }

  it.each<[string, (command: string) => string, RegExp, account?: string]>([
    ['is right', (command) => (/ping/i.test(command) ? '+PONG' : '+OK'), /^ok: Redis responds/],
    ['requires a password', () => '-NOAUTH Authentication required.', /^fault: .*requires a password/, ''],
    ['does not accept the password', () => '-WRONGPASS invalid hunter2', /^fault: .*does not accept the password/],
    ['is not ready', (command) => (/ping/i.test(command) ? '-LOADING hunter2' : '+OK'), /^fault: .*still reading/],
    ['is something else', () => 'HTTP/1.1 400 Bad Request', /^fault: .*does not respond like Redis/],
    ['does not answer', () => '', /^fault: .*or not in time/],
  ])('%s', async (_what, reply, line, account = 'user:hunter2@') => {
    expect(await redisSays(reply, account)).toEqual([expect.stringMatching(line)]);
  });

  it('is not there', async () => {
    const nowhere = { REDIS_URL: `redis://user:hunter2@127.0.0.1:${await freePort()}` };
    expect(await findings(nowhere, 'redis')).toEqual([expect.stringMatching(/^fault: .*nothing listens there/)]);
  });
});

describe('the rules', () => {
  const rules = (content: string, settings: Record<string, string> = {}): Promise<string[]> =>
    findings({ JOIN_RULES_FILE: temporaryFile(content).path, ...settings }, 'rules');

  it('are right', async () => {
    expect(await rules("- rooms: ['a*']\n- rooms: ['*']")).toEqual(['ok: JOIN_RULES_FILE holds 2 rules.']);
  });

  it('are broken, each error by its rule', async () => {
    expect(await rules('- rooms: a\n- rooms: [a]\n  ttl: 1s')).toEqual([
      expect.stringMatching(/^fault: JOIN_RULES_FILE rule 1: rooms/),
      expect.stringMatching(/^fault: JOIN_RULES_FILE rule 2: ttl/),
    ]);
  });

  it.each(['except: { groups: suspended }', 'when: { zone: UTC, days: mon }'])(
    'are right behind a rule for all rooms with a condition: %s',
    async (condition) => {
      expect(await rules(`- rooms: ['*']\n  ${condition}\n- rooms: [a]`)).toEqual([expect.stringMatching(/^ok/)]);
    },
  );

  it('hold some that can never be met', async () => {
    const lines = await rules("- rooms: [b, '*']\n- rooms: [a]\n  callers: { groups: staff }");
    expect(lines).toEqual([
      expect.stringMatching(/^ok/),
      expect.stringMatching(/^warning: Rule 1 .*no rule after it/),
      expect.stringMatching(/^warning: .*AUTH_MODE=none.*rule 2\./),
    ]);
  });
});

describe('the port', () => {
  it('is taken by the service, which is how it should be', async () => {
    const service = await spawnService();
    await untilListening(service);
    // The doctor waits for a few seconds, for which a busy machine may hold the service up.
    await eventually(async () => {
      const [line = ''] = await findings({ SERVER_PORT: new URL(service.url).port }, 'port');
      return line.startsWith('ok: The service runs');
    });
    service.child.kill('SIGKILL');
    await service.exited;
  });

  it('is taken by another program', async () => {
    const server = createServer((_request, response) => response.end('{"status":"running"}')).listen(0);
    await once(server, 'listening');
    const lines = await findings({ SERVER_PORT: String((server.address() as AddressInfo).port) }, 'port');
    server.close();
    expect(lines).toEqual([expect.stringMatching(/^fault: .*another program/)]);
  });
});

it('names every wrong variable, shows no value, and looks at nothing else then', async () => {
  const lines = await findings({ NODE_ENV: 'production', TOKEN_TTL: 'hunter2', LIVEKIT_API_SECRET: 'hunter3' });
  const names = lines.map((line) => line.split(' ').slice(0, 2).join(' '));
  const invalid = ['TOKEN_TTL', 'AUTH_MODE', 'LIVEKIT_API_KEY', 'LIVEKIT_API_SECRET'];
  expect(names).toEqual([...invalid.map((name) => `fault: ${name}`), 'skipped: Nothing']);
  expect(livekit.calls).toEqual([]);
});

it('looks at an access token, which it does not print, and at nothing of LiveKit', async () => {
  const issuer = await FakeIssuer.start();
  const token = await issuer.sign({ aud: 'other' });
  const file = temporaryFile(token).path;
  const settings = { ...here, ...issuer.settings };
  const { code, stdout, stderr } = await runBuilt('doctor.js', ['--token', file], settings);
  expect([code, stderr]).toEqual([1, '']);
  expect(stdout).toMatch(/^error +token +audience: aud is "other"/m);
  expect(stdout).not.toContain(token.slice(0, 20));
  expect(livekit.calls).toEqual([]);
  await issuer.stop();
});

it('explains itself to whoever asks for what it cannot do', async () => {
  const { code, stdout, stderr } = await runBuilt('doctor.js', ['--jsno'], here);
  expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining('--json')]);
});
