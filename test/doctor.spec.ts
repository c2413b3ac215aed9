/** What `npm run doctor` tells an operator of a LiveKit that is right, or is not. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { type RunningApp, startApp } from '../src/testing/start-app.js';
import { freePort, runBuilt } from './support/built-service.js';
import { holdTimeouts } from './support/clock.js';
import { examine, OWN_KEY } from './support/doctor.js';
import { eventually } from '../src/testing/eventually.js';
import { FakeLiveKit } from '../src/testing/fake-livekit.js';
import { eventBody, sendWebhook } from '../src/testing/webhook-sender.js';

let livekit: FakeLiveKit;
let here: Record<string, string>;
beforeEach(async () => {
  livekit = await FakeLiveKit.start();
  here = { LIVEKIT_URL: livekit.url, SERVER_PORT: String(await freePort()) };
});
afterEach(() => livekit.stop());

const findings = (settings: Record<string, string> = {}, check?: string): Promise<string[]> =>
  examine({ ...here, ...settings }, check);

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
      'skipped access',
      'skipped issuer',
      'skipped redis',
      '0 errors,',
    ]);
    expect(stdout).toContain(
      `urls: ['http://<this service as LiveKit sees it>:${here['SERVER_PORT']}/livekit/webhook']`,
    );
    expect(stdout).not.toContain('\u001B');
  });

  it('is left as it was', async () => {
    await findings();
    expect(livekit.calls.map(({ method }) => method)).toEqual(['ListRooms']);
  });
});

describe('a LiveKit that rejects the key', () => {
  it('does not know it', async () => {
    livekit.keys.clear();
    expect(await findings(OWN_KEY, 'key')).toEqual([
      expect.stringMatching(/^fault: .*does not know the API key \(API\.\.\. \(15 characters\) of LIVEKIT_API_KEY\)/),
    ]);
  });

  it('has another secret for it, and its answer, which holds the token, is shown to nobody', async () => {
    livekit.keys.set(OWN_KEY.LIVEKIT_API_KEY, 'another');
    expect(await findings(OWN_KEY, 'key')).toEqual([expect.stringMatching(/^fault: .*its secret is another one/)]);
  });

  it('got key and secret swapped, and no more than the beginning of the secret is shown', async () => {
    const swapped = { LIVEKIT_API_KEY: OWN_KEY.LIVEKIT_API_SECRET, LIVEKIT_API_SECRET: OWN_KEY.LIVEKIT_API_KEY };
    expect(await findings(swapped, 'key')).toEqual([
      expect.stringContaining(`(hun... (${OWN_KEY.LIVEKIT_API_SECRET.length} characters)`),
    ]);
  });

  it('is another one than the one that clients are sent to', async () => {
    const other = await FakeLiveKit.start();
    other.keys.clear();
    const lines = await findings({ LIVEKIT_INTERNAL_URL: livekit.url, LIVEKIT_URL: other.url }, 'key');
    await other.stop();
    expect(lines).toEqual([
      expect.stringMatching(/^ok: .*LIVEKIT_INTERNAL_URL/),
      expect.stringMatching(/^fault: .*LIVEKIT_URL does not know/),
    ]);
  });

  it.each([
    [
      'received no token, because a proxy removed it',
      401,
      'no permissions to access the room',
      /^fault: .*received no token/,
    ],
    ['has a proxy that asks for a login', 401, '<html>Unauthorized</html>', /^fault: .*not as LiveKit does/],
    ['has no capacity', 503, 'node has exceeded its configured limit', /^fault: .*no room for more/],
    ['is something else, which knows every address', 200, '<html></html>', /^fault: .*which LiveKit does not/],
    ['is something else, which knows no such address', 404, 'Not Found', /^fault: .*which LiveKit does not/],
    [
      'writes of tokens as it did in earlier versions',
      401,
      'go-jose/jwt: validation failed, token not valid yet (nbf)',
      /not valid yet/,
    ],
    ['writes of signatures as it did', 401, 'go-jose: error in cryptographic primitive', /^fault: .*secret/],
  ])('%s', async (_what, status, body, found) => {
    livekit.fronts.set('/rtc/validate', { status, body });
    expect(await findings({}, 'key')).toEqual([expect.stringMatching(found)]);
  });
});

describe('a LiveKit with another clock', () => {
  it('90 seconds behind refuses every join', async () => {
    livekit.clockAhead = -90;
    const lines = await findings();
    expect(lines).toContainEqual(expect.stringMatching(/^fault: .*clock is (89|90|91) seconds behind ours/));
    expect(lines).toContainEqual(expect.stringMatching(/^fault: .*knows the API key, but .*not valid yet/));
  });

  it('90 seconds ahead lets joins in, and its webhooks are refused', async () => {
    livekit.clockAhead = 90;
    const lines = await findings();
    expect(lines).toContainEqual(expect.stringMatching(/^fault: .*clock is (89|90|91) seconds ahead of ours/));
    expect(lines).toContainEqual(expect.stringMatching(/^ok: .*accepts a token/));
    expect(lines).toContainEqual(expect.stringMatching(/^warning: .*WEBHOOK_TOLERANCE \(60s\)/));
  });

  it('30 seconds off is a warning', async () => {
    livekit.clockAhead = 30;
    expect(await findings({}, 'clock')).toEqual([expect.stringMatching(/^warning: /)]);
    expect(await findings({ WEBHOOK_TOLERANCE: '10s' }, 'webhook')).toContainEqual(expect.stringMatching(/^warning: /));
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
    ['it does not use TLS', () => livekit.url.replace('ws:', 'wss:'), /does not use TLS/],
  ])('%s', async (_what, url, reason) => {
    const lines = await findings({ LIVEKIT_URL: await url() });
    expect(lines.filter((line) => line.startsWith('fault'))).toEqual([expect.stringMatching(reason)]);
    expect(lines.filter((line) => line === 'skipped: LiveKit did not respond.')).toHaveLength(SKIPPED.length);
  });

  it('is an error for scripts too: exit code 1, and the findings as JSON', async () => {
    const unreachable = { ...here, LIVEKIT_URL: `ws://127.0.0.1:${await freePort()}` };
    const { code, stdout, stderr } = await runBuilt('doctor.js', ['--json'], unreachable);
    expect([code, stderr, JSON.parse(stdout)]).toMatchObject([1, '', { ok: false, faults: 1 }]);
  });

  it('it does not answer, for which nobody waits longer than some seconds', async () => {
    livekit.fronts.set('/', 'hang').set('/rtc/validate', 'hang');
    await holdTimeouts(async (timeouts) => {
      let done = false;
      const found = findings({}, 'livekit').finally(() => (done = true));
      await eventually(() => {
        timeouts.elapse();
        return done;
      });
      expect(await found).toEqual([expect.stringMatching(/^fault: .*did not respond in time/)]);
      expect(new Set(timeouts.lengths)).toEqual(new Set([5_000]));
    });
  });

  it.each([
    [406, 'Not Ready', /^fault: .*not ready/],
    [301, '', /^fault: .*redirect/],
    [502, '<html>', /^fault: A proxy .*cannot reach LiveKit/],
    [404, 'Not Found', /^warning: .*404/],
    [200, '<html>', /^warning: .*does not respond like LiveKit/],
  ])('it answers %s %s at /', async (status, body, found) => {
    livekit.fronts.set('/', { status, body });
    expect(await findings({}, 'livekit')).toEqual([expect.stringMatching(found)]);
  });

  it('by the address for clients is a warning, since they may be elsewhere', async () => {
    const outside = { LIVEKIT_INTERNAL_URL: livekit.url, LIVEKIT_URL: 'wss://livekit.invalid' };
    expect(await findings(outside, 'livekit')).toEqual([
      expect.stringMatching(/^ok: .*LIVEKIT_INTERNAL_URL/),
      expect.stringMatching(/^warning: .*LIVEKIT_URL/),
    ]);
    expect(await findings({ ...outside, LIVEKIT_URL: 'ws://localhost:1' }, 'livekit')).toContainEqual(
      expect.stringMatching(/^skipped: .*the machine of each client/),
    );
  });
});

it('tells that rooms have to be created before a join', async () => {
  livekit.autoCreate = false;
  expect(await findings({}, 'key')).toEqual([
    expect.stringMatching(/^ok: .*accepts/),
    expect.stringMatching(/^warning: .*room.auto_create/),
  ]);
});

it('tells that calls of the server API do not get through', async () => {
  livekit.failNext({ text: '<html>the password is hunter2</html>' });
  expect(await findings({}, 'api')).toEqual([expect.stringMatching(/^warning: .*LIVEKIT_FAILED/)]);
});

describe('access that ends', () => {
  const ENFORCED = { ACCESS_ENFORCEMENT: 'on' };
  let service: RunningApp | undefined;
  afterEach(async () => {
    await service?.close();
    service = undefined;
  });
  const run = async (settings: Record<string, string>): Promise<Record<string, string>> => {
    service = await startApp({ LIVEKIT_URL: livekit.url, ...settings });
    return { ...settings, SERVER_PORT: new URL(service.url).port };
  };

  it('needs calls that LiveKit allows', async () => {
    expect((await findings(ENFORCED, 'access'))[0]).toMatch(/^ok: ACCESS_ENFORCEMENT can /);
    expect(livekit.calls.map(({ method }) => method)).toContain('ListParticipants');
    await livekit.stop();
    expect((await findings(ENFORCED, 'access'))[0]).toMatch(/^fault: ACCESS_ENFORCEMENT .*LIVEKIT_UNAVAILABLE/);
  });

  it('needs webhooks, of which the running service tells', async () => {
    const settings = await run({ ...ENFORCED, METRICS_TOKEN: 'hunter-of-metrics-1', ACCESS_RECONCILE: '20s' });
    expect((await findings(settings, 'access'))[1]).toMatch(/^warning: No webhook .*ACCESS_ENFORCEMENT .* 20 s/);
    const never = { ...settings, ACCESS_RECONCILE: '0' };
    expect((await findings(never, 'access'))[1]).toMatch(/^fault: No webhook .*ACCESS_RECONCILE/);
    await sendWebhook(service?.url ?? '', eventBody('room_started', { room: { name: 'r', sid: 'RM_r' } }));
    expect((await findings(never, 'access'))[1]).toMatch(/^ok: ACCESS_ENFORCEMENT gets webhooks/);
  });

  it('is not checked for webhooks where the service does not run, or keeps its metrics', async () => {
    expect((await findings(ENFORCED, 'access'))[1]).toMatch(/^skipped: ACCESS_ENFORCEMENT needs webhooks/);
    const settings = await run({ ...ENFORCED, METRICS_TOKEN: 'hunter-of-metrics-1' });
    const other = { ...settings, METRICS_TOKEN: 'hunter-of-metrics-2' };
    expect((await findings(other, 'access'))[1]).toMatch(/^skipped: ACCESS_ENFORCEMENT needs webhooks/);
  });
});
