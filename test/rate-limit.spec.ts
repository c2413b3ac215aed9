/** The limit by address holds at the door, before anything else is looked at, and clients are told where they stand. */
import { Controller, Get, Module } from '@nestjs/common';
import { afterEach, describe, expect, it, jest } from '@jest/globals';

import { RateLimited } from '../src/rate-limit/rate-limited.decorator.js';

import { type RunningApp, startApp } from '../src/testing/start-app.js';
import type { Settings } from '../src/testing/environment.js';

const ALICE = { roomName: 'r', participantName: 'Alice' };

@Controller('team')
class TeamController {
  @Get('limited')
  @RateLimited()
  limited(): string {
    return 'limited';
  }

  @Get('free')
  free(): string {
    return 'free';
  }
}

@Module({ controllers: [TeamController] })
class TeamModule {}

let service: RunningApp;
afterEach(async () => {
  jest.restoreAllMocks();
  await service.close();
});

async function start(settings: Settings): Promise<void> {
  service = await startApp(settings, { modules: [TeamModule] });
}

const ask = (forwardedFor?: string, body: unknown = ALICE): Promise<Response> =>
  service.post('/token', body, forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor });

const get = (path: string): Promise<Response> => fetch(service.url + path);

/** The statuses of so many requests, one after the other. */
async function statuses(count: number, forwardedFor?: string): Promise<number[]> {
  const answers: number[] = [];
  for (let i = 0; i < count; i += 1) answers.push((await ask(forwardedFor)).status);
  return answers;
}

/** In whole milliseconds, with which sums are exact. */
const NOW = Math.ceil(performance.now());

/** Stops the clock of the limit, so many milliseconds after the first stop. */
function stopTheClock(after = 0): void {
  jest.spyOn(performance, 'now').mockReturnValue(NOW + after);
}

describe('RATE_LIMIT_PER_ADDRESS', () => {
  it('lets so many requests a minute through, and says each time where the client stands', async () => {
    await start({ RATE_LIMIT_PER_ADDRESS: '2' });
    stopTheClock();
    const first = await ask();
    expect(first.status).toBe(200);
    expect(first.headers.get('ratelimit-policy')).toBe('"address";q=2;w=60');
    expect(first.headers.get('ratelimit')).toBe('"address";r=1;t=60');
    expect(first.headers.get('retry-after')).toBeNull();
    expect((await ask()).headers.get('ratelimit')).toBe('"address";r=0;t=60');

    const refused = await ask();
    expect(refused.status).toBe(429);
    const seconds = refused.headers.get('retry-after');
    expect(seconds).toBe('60');
    expect(refused.headers.get('ratelimit')).toBe(`"address";r=0;t=${seconds}`);
    expect(refused.headers.get('ratelimit-policy')).toBe('"address";q=2;w=60');
    expect(await refused.json()).toBe(`Too many requests; try again in ${seconds} s.`);
  });

  it('keeps the form of TOKEN_RESPONSE_FORMAT, and accounts for the refusal', async () => {
    await start({ RATE_LIMIT_PER_ADDRESS: '1', TOKEN_RESPONSE_FORMAT: 'object' });
    await ask();
    expect(await (await ask()).json()).toEqual({ errorMessage: expect.stringMatching(/^Too many requests/) });
    expect(service.output.lines()).toContainEqual(
      expect.objectContaining({ message: 'refused', code: 'RATE_LIMITED', status: 429, address: '127.0.0.1' }),
    );
  });

  it('is over when Retry-After says so, whatever was refused meanwhile', async () => {
    await start({ RATE_LIMIT_PER_ADDRESS: '1' });
    stopTheClock();
    expect(await statuses(2)).toEqual([200, 429]);
    stopTheClock(58_500);
    const refused = await ask();
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('2');
    stopTheClock(60_000);
    expect(await statuses(2)).toEqual([200, 429]);
  });

  it('counts what is refused for other reasons', async () => {
    await start({ RATE_LIMIT_PER_ADDRESS: '2' });
    const malformed = await ask(undefined, {});
    expect(malformed.status).toBe(400);
    expect(malformed.headers.get('ratelimit')).toMatch(/r=1/);
    expect(await statuses(2)).toEqual([200, 429]);
  });

  it('is one count for all marked routes, and none for others', async () => {
    await start({ RATE_LIMIT_PER_ADDRESS: '2' });
    expect(await statuses(1)).toEqual([200]);
    expect((await get('/team/limited')).status).toBe(200);
    const refused = await get('/team/limited');
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ code: 'RATE_LIMITED', status: 429 });
    expect(await statuses(1)).toEqual([429]);
    for (const path of ['/team/free', '/health/live']) {
      const free = await get(path);
      expect(free.status).toBe(200);
      expect(free.headers.has('ratelimit')).toBe(false);
    }
  });

  it('shows its headers to pages of other origins, and lets preflights pass uncounted', async () => {
    await start({ RATE_LIMIT_PER_ADDRESS: '1' });
    const preflight = { method: 'OPTIONS', headers: { origin: 'https://a.example' } };
    for (let i = 0; i < 3; i += 1) expect((await fetch(`${service.url}/token`, preflight)).status).toBe(204);
    const response = await service.post('/token', ALICE, { origin: 'https://a.example' });
    expect(response.status).toBe(200);
    const exposed = response.headers.get('access-control-expose-headers')?.toLowerCase().split(',');
    expect(exposed).toEqual(expect.arrayContaining(['retry-after', 'ratelimit', 'ratelimit-policy']));
  });

  it.each<Settings>([{}, { RATE_LIMIT_PER_ADDRESS: '0', RATE_LIMIT_PER_CALLER: '0' }])(
    'is off by %j',
    async (settings) => {
      await start(settings);
      expect(new Set(await statuses(20))).toEqual(new Set([200]));
      const { headers } = await ask();
      for (const name of ['ratelimit', 'ratelimit-policy', 'retry-after']) expect(headers.has(name)).toBe(false);
    },
  );

  describe('behind proxies', () => {
    it('goes by the connection without TRUST_PROXY, whatever a client claims', async () => {
      await start({ RATE_LIMIT_PER_ADDRESS: '2' });
      expect(await statuses(1, '203.0.113.1')).toEqual([200]);
      expect(await statuses(1, '203.0.113.2')).toEqual([200]);
      expect(await statuses(1, '203.0.113.3')).toEqual([429]);
    });

    it.each([
      ['a trusted proxy', 'loopback', '203.0.113.1', '203.0.113.2'],
      ['a number of hops', '1', '203.0.113.1', '203.0.113.2'],
      ['proxies that add the port', '1', '203.0.113.1:4711', '203.0.113.2:4711'],
      ['IPv6 networks', '1', '2001:db8:0:1::1', '2001:db8:0:2::1'],
    ])('tells clients apart by TRUST_PROXY: %s', async (_what, TRUST_PROXY, one, other) => {
      await start({ RATE_LIMIT_PER_ADDRESS: '2', TRUST_PROXY });
      expect(await statuses(3, one)).toEqual([200, 200, 429]);
      expect(await statuses(3, other)).toEqual([200, 200, 429]);
    });

    it.each([
      ['an address that the client put before its own', 'loopback', '198.51.100.1, 203.0.113.1', '203.0.113.1'],
      ['another host of the same /64', '1', '2001:db8:0:1::1', '2001:db8:0:1:ffff:ffff:ffff:ffff'],
      ['IPv4 written as IPv6', '1', '203.0.113.1', '::ffff:203.0.113.1'],
      ['another port', '1', '203.0.113.1:4711', '203.0.113.1:4712'],
      ['what is no address', '1', 'unknown', 'x'.repeat(5000)],
    ])('takes for the same client: %s', async (_what, TRUST_PROXY, one, other) => {
      await start({ RATE_LIMIT_PER_ADDRESS: '2', TRUST_PROXY });
      expect(await statuses(1, one)).toEqual([200]);
      expect(await statuses(2, other)).toEqual([200, 429]);
    });
  });
});
