/** What `npm run doctor` tells an operator, about everything between the service and a call that can be wrong. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { buildService, freePort, runBuilt, spawnService, untilListening } from './support/built-service.js';
import { FakeLiveKit } from './support/fake-livekit.js';
import { FakeIssuer } from './support/issuer.js';
import { temporaryFile } from './support/temporary-file.js';

const SECRET = 'hunter2-hunter2-hunter2-hunter2-hunter2';
const OWN_KEY = { LIVEKIT_API_KEY: 'APIofAnOperator', LIVEKIT_API_SECRET: SECRET };
/** What no output may hold: the secrets that tests give, a whole key, and any token. */
const PRIVATE = /hunter|APIofAn|eyJ/;

interface Finding {
  readonly check: string;
  readonly level: 'ok' | 'warning' | 'fault' | 'skipped';
  readonly found: string;
  readonly advice?: string;
}

let livekit: FakeLiveKit;
let here: Record<string, string>;
beforeAll(buildService, 60_000);
beforeEach(async () => {
  livekit = await FakeLiveKit.start();
  here = { LIVEKIT_URL: livekit.url, SERVER_PORT: String(await freePort()) };
});
afterEach(() => livekit.stop());

/** Everything that was found, or with a name what one check found, as `level: sentence`. */
async function examine(settings: Record<string, string> = {}, check?: string): Promise<string[]> {
  const { code, stdout, stderr } = await runBuilt('doctor.js', ['--json'], { ...here, ...settings });
  const report = JSON.parse(stdout) as { ok: boolean; faults: number; findings: Finding[] };
  const faulty = report.findings.filter(({ level }) => level === 'fault');
  expect([code, report.ok, report.faults]).toEqual(faulty.length > 0 ? [1, false, faulty.length] : [0, true, 0]);
  expect(stdout + stderr).not.toMatch(PRIVATE);
  for (const { level, advice } of faulty) expect([level, advice]).toEqual(['fault', expect.stringMatching(/\w.*\.$/)]);
  return report.findings
    .filter((one) => check === undefined || one.check === check)
    .map((one) => `${one.level}: ${one.found}`);
}

describe('a LiveKit that is right', () => {
  it('is reported as such, line by line, with exit code 0', async () => {
    const { code, stdout, stderr } = await runBuilt('doctor.js', [], here);
    expect([code, stderr]).toEqual([0, '']);
    const lines = stdout.split('\n').filter((line) => /^\w/.test(line));
    expect(lines.map((line) => line.split(/ +/, 2).join(' '))).toEqual([
      'ok variables',
      'ok port',
      'skipped rules',
      'ok address',
      'ok livekit',
      'ok clock',
      'ok key',
      'ok api',
      'skipped webhook',
      'skipped issuer',
      '0 faults,',
    ]);
    expect(stdout).toContain(
      `urls: ['http://<this service as LiveKit sees it>:${here['SERVER_PORT']}/livekit/webhook']`,
    );
    expect(stdout).not.toContain('\u001B');
  });

  it('is left as it was', async () => {
    await examine();
    expect(livekit.calls.map(({ method }) => method)).toEqual(['ListRooms']);
  });
});

describe('a LiveKit that rejects the key', () => {
  it('does not know it', async () => {
    livekit.keys.clear();
    expect(await examine(OWN_KEY, 'key')).toEqual([
      expect.stringMatching(/^fault: .*does not know the API key \(API\.\.\. \(15 characters\) of LIVEKIT_API_KEY\)/),
    ]);
  });

  it('has another secret for it, and its answer, which holds the token, is shown to nobody', async () => {
    livekit.keys.set(OWN_KEY.LIVEKIT_API_KEY, 'another');
    expect(await examine(OWN_KEY, 'key')).toEqual([expect.stringMatching(/^fault: .*its secret is another one/)]);
  });

  it('got key and secret swapped, and no more than the beginning of the secret is shown', async () => {
    const swapped = { LIVEKIT_API_KEY: SECRET, LIVEKIT_API_SECRET: OWN_KEY.LIVEKIT_API_KEY };
    expect(await examine(swapped, 'key')).toEqual([expect.stringContaining('(hun... (39 characters)')]);
  });

  it('is another one than the one that clients are sent to', async () => {
    const other = await FakeLiveKit.start();
    other.keys.clear();
    const found = await examine({ LIVEKIT_INTERNAL_URL: livekit.url, LIVEKIT_URL: other.url }, 'key');
    await other.stop();
    expect(found).toEqual([
      expect.stringMatching(/^ok: .*LIVEKIT_INTERNAL_URL/),
      expect.stringMatching(/^fault: .*LIVEKIT_URL does not know/),
    ]);
  });

  it.each([
    ['saw no token, for a proxy kept it', 401, 'no permissions to access the room', /^fault: .*saw no token/],
    ['has a proxy that asks for a login', 401, '<html>Unauthorized</html>', /^fault: .*not in LiveKit's words/],
    ['has no capacity', 503, 'node has exceeded its configured limit', /^fault: .*no room for more/],
    ['is something else, which knows every address', 200, '<html></html>', /^fault: .*which LiveKit does not/],
    ['is something else, which knows no such address', 404, 'Not Found', /^fault: .*which LiveKit does not/],
    [
      'writes of tokens as it did in earlier versions',
      401,
      'go-jose/jwt: validation failed, token not valid yet (nbf)',
      /time/,
    ],
    ['writes of signatures as it did', 401, 'go-jose: error in cryptographic primitive', /^fault: .*secret/],
  ])('%s', async (_what, status, body, found) => {
    livekit.fronts.set('/rtc/validate', { status, body });
    expect(await examine({}, 'key')).toEqual([expect.stringMatching(found)]);
  });
});

describe('a LiveKit with another clock', () => {
  it('90 seconds behind refuses every join', async () => {
    livekit.clockAhead = -90;
    const found = await examine();
    expect(found).toContainEqual(expect.stringMatching(/^fault: .*clock is (89|90|91) seconds behind ours/));
    expect(found).toContainEqual(expect.stringMatching(/^fault: .*knows the API key, and .*another time/));
  });

  it('90 seconds ahead lets joins in, and its webhooks are refused', async () => {
    livekit.clockAhead = 90;
    const found = await examine();
    expect(found).toContainEqual(expect.stringMatching(/^fault: .*clock is (89|90|91) seconds ahead of ours/));
    expect(found).toContainEqual(expect.stringMatching(/^ok: .*accepts a token/));
    expect(found).toContainEqual(expect.stringMatching(/^warning: .*WEBHOOK_TOLERANCE \(60s\)/));
  });

  it('30 seconds off is a warning', async () => {
    livekit.clockAhead = 30;
    expect(await examine({}, 'clock')).toEqual([expect.stringMatching(/^warning: /)]);
    expect(await examine({ WEBHOOK_TOLERANCE: '10s' }, 'webhook')).toContainEqual(expect.stringMatching(/^warning: /));
  });
});

describe('a LiveKit that cannot be reached', () => {
  const SKIPPED = ['clock', 'key', 'api'];

  it.each([
    ['nothing listens', () => freePort().then((port) => `ws://127.0.0.1:${port}`), /nothing listens there/],
    [
      'nothing listens at any of the addresses that its name has',
      () => freePort().then((port) => `ws://localhost:${port}`),
      /nothing listens there/,
    ],
    ['its name is not known', () => 'ws://livekit.invalid', /its name (is not known|could not be looked up)/],
    ['it speaks no TLS', () => livekit.url.replace('ws:', 'wss:'), /does not speak TLS/],
  ])('%s', async (_what, url, reason) => {
    const found = await examine({ LIVEKIT_INTERNAL_URL: await url(), LIVEKIT_URL: '' });
    expect(found.filter((line) => line.startsWith('fault'))).toEqual([expect.stringMatching(reason)]);
    expect(found.filter((line) => line === 'skipped: LiveKit did not answer.')).toHaveLength(SKIPPED.length);
  });

  it('it does not answer, for which nobody waits longer than some seconds', async () => {
    livekit.fronts.set('/', 'hang').set('/rtc/validate', 'hang');
    expect(await examine({}, 'livekit')).toEqual([expect.stringMatching(/^fault: .*did not answer within 5 seconds/)]);
  }, 30_000);

  it.each([
    [406, 'Not Ready', /^fault: .*not ready/],
    [301, '', /^fault: .*redirect/],
    [502, '<html>', /^fault: A proxy .*cannot reach LiveKit/],
    [404, 'Not Found', /^warning: .*404/],
    [200, '<html>', /^warning: .*does not sound like LiveKit/],
  ])('it answers %s %s at /', async (status, body, found) => {
    livekit.fronts.set('/', { status, body });
    expect(await examine({}, 'livekit')).toEqual([expect.stringMatching(found)]);
  });

  it('by the address for clients is a warning, since they may be elsewhere', async () => {
    const outside = { LIVEKIT_INTERNAL_URL: livekit.url, LIVEKIT_URL: 'wss://livekit.invalid' };
    expect(await examine(outside, 'livekit')).toEqual([
      expect.stringMatching(/^ok: .*LIVEKIT_INTERNAL_URL/),
      expect.stringMatching(/^warning: .*LIVEKIT_URL/),
    ]);
    expect(await examine({ ...outside, LIVEKIT_URL: 'ws://localhost:1' }, 'livekit')).toContainEqual(
      expect.stringMatching(/^skipped: .*the machine of each client/),
    );
  });
});

it('tells that rooms have to be created before a join', async () => {
  livekit.autoCreate = false;
  expect(await examine({}, 'key')).toEqual([
    expect.stringMatching(/^ok: .*accepts/),
    expect.stringMatching(/^warning: .*room.auto_create/),
  ]);
});

it('tells that calls of the server API do not get through', async () => {
  livekit.failNext({ text: '<html>the password is hunter2</html>' });
  expect(await examine({}, 'api')).toEqual([expect.stringMatching(/^warning: .*LIVEKIT_FAILED/)]);
});

describe('the address that clients are told', () => {
  it.each<[string, Record<string, string>, ...RegExp[]]>([
    ['is not set', { LIVEKIT_URL: '', NODE_ENV: 'production', AUTH_MODE: 'none', ...OWN_KEY }, /^warning: .*not set/],
    ['is not encrypted', { LIVEKIT_URL: 'ws://livekit.example.invalid' }, /^warning: .*not encrypted/],
    ['is a name of containers', { LIVEKIT_URL: 'wss://livekit' }, /^warning: .*elsewhere do not know/],
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
    expect(await examine({ ...internal, ...settings }, 'address')).toEqual(
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
  afterAll(() => issuer.down());

  it('is right, by discovery or without', async () => {
    expect(await examine(issuer.settings, 'issuer')).toEqual([expect.stringMatching(/^ok: .*keys \(1\)/)]);
    const without = {
      ...issuer.settings,
      OIDC_ISSUER: 'https://elsewhere.invalid',
      OIDC_JWKS_URI: `${issuer.url}/keys`,
    };
    expect(await examine(without, 'issuer')).toEqual([expect.stringMatching(/^ok: /)]);
  });

  it.each<[string, () => Record<string, string>, RegExp]>([
    ['names itself otherwise', () => ({ OIDC_ISSUER: issuer.url.replace('127.0.0.1', 'localhost') }), /another issuer/],
    ['names itself with a slash less', () => ({ OIDC_ISSUER: `${issuer.url}/` }), /ends with a slash/],
    ['is not known to DNS', () => ({ OIDC_ISSUER: 'https://id.invalid' }), /its name/],
    ['has no keys where they should be', () => ({ OIDC_JWKS_URI: `${issuer.url}/other` }), /set of keys/],
  ])('%s', async (_what, settings, found) => {
    const [line, ...others] = await examine({ ...issuer.settings, ...settings() }, 'issuer');
    expect([line, others]).toEqual([expect.stringMatching(found), []]);
    expect(line).toMatch(/^fault/);
  });

  it('fails', async () => {
    issuer.behaviour = 'error';
    expect(await examine(issuer.settings, 'issuer')).toEqual([expect.stringMatching(/^fault: .*answered 500/)]);
  });

  it('publishes no key that signs access tokens', async () => {
    livekit.fronts.set('/keys', {
      status: 200,
      body: '{"keys":[{"kty":"oct","k":"hunter2"},{"kty":"RSA","use":"enc"}]}',
    });
    const settings = { ...issuer.settings, OIDC_JWKS_URI: `${livekit.url.replace('ws', 'http')}/keys` };
    expect(await examine(settings, 'issuer')).toEqual([expect.stringMatching(/^fault: .*no key/)]);
  });
});

describe('the rules', () => {
  const rules = (content: string, settings: Record<string, string> = {}): Promise<string[]> =>
    examine({ JOIN_RULES_FILE: temporaryFile(content).path, ...settings }, 'rules');

  it('are right', async () => {
    expect(await rules("- rooms: ['a*']\n- rooms: ['*']")).toEqual(['ok: JOIN_RULES_FILE holds 2 rules.']);
  });

  it('are broken, each fault by its rule', async () => {
    expect(await rules('- rooms: a\n- rooms: [a]\n  ttl: 1s')).toEqual([
      expect.stringMatching(/^fault: JOIN_RULES_FILE rule 1: rooms/),
      expect.stringMatching(/^fault: JOIN_RULES_FILE rule 2: ttl/),
    ]);
  });

  it('hold some that can never be met', async () => {
    const found = await rules("- rooms: [b, '*']\n- rooms: [a]\n  callers: { groups: staff }");
    expect(found).toEqual([
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
    const found = await examine({ SERVER_PORT: new URL(service.url).port }, 'port');
    service.child.kill('SIGKILL');
    await service.exited;
    expect(found).toEqual([expect.stringMatching(/^ok: The service runs/)]);
  });

  it('is taken by another program', async () => {
    const server = createServer((_request, response) => response.end('hello')).listen(0);
    await once(server, 'listening');
    const found = await examine({ SERVER_PORT: String((server.address() as AddressInfo).port) }, 'port');
    server.close();
    expect(found).toEqual([expect.stringMatching(/^fault: .*another program/)]);
  });
});

it('names every wrong variable, shows no value, and looks at nothing else then', async () => {
  const found = await examine({ NODE_ENV: 'production', TOKEN_TTL: 'hunter2', LIVEKIT_API_SECRET: 'hunter3' });
  const names = found.map((line) => line.split(' ').slice(0, 2).join(' '));
  expect(names).toEqual(['fault: TOKEN_TTL', 'fault: AUTH_MODE', 'fault: LIVEKIT_API_KEY', 'skipped: Nothing']);
  expect(livekit.calls).toEqual([]);
});

it('explains itself to whoever asks for what it cannot do', async () => {
  const { code, stdout, stderr } = await runBuilt('doctor.js', ['--jsno'], here);
  expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining('--json')]);
});
