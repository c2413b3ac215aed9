/** Instances share their limits through a real Redis, and limits hold whatever becomes of it. */
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Redis } from 'ioredis';

import { buildService, type ServiceProcess, spawnService, untilListening } from '../support/built-service.js';
import { eventually } from '../support/eventually.js';

import { PASSWORD, RedisServer } from './support/redis.server.js';

const BODY = JSON.stringify({ roomName: 'Test Room', participantName: 'Alice' });
const LIMIT = 20;

let redis: RedisServer;
let services: ServiceProcess[] = [];
beforeAll(buildService, 60_000);
beforeEach(async () => {
  redis = await RedisServer.start();
});
afterEach(async () => {
  const outputs = services.map(({ output }) => output());
  for (const { child } of services) child.kill('SIGKILL');
  services = [];
  await redis.kill();
  // Whatever happened, and whatever was logged of it.
  for (const output of outputs) expect(output).not.toContain(PASSWORD);
});

/** Test clients name their address as a proxy would, so that one test can be many clients. */
async function startService(settings: Record<string, string> = {}): Promise<ServiceProcess> {
  const service = await spawnService({
    REDIS_URL: redis.url,
    RATE_LIMIT_PER_ADDRESS: String(LIMIT),
    TRUST_PROXY: 'loopback',
    LOG_FORMAT: 'json',
    ...settings,
  });
  services.push(service);
  await untilListening(service);
  return service;
}

interface Answer {
  readonly status: number;
  readonly milliseconds: number;
}

async function ask(service: ServiceProcess, address: string): Promise<Answer> {
  const begin = performance.now();
  const response = await fetch(`${service.url}/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
    body: BODY,
  });
  await response.text();
  return { status: response.status, milliseconds: performance.now() - begin };
}

/** So many requests, some of them always at the same time, from one address or each from another. */
async function run(
  service: ServiceProcess,
  addresses: string | ((request: number) => string),
  count: number,
  afterEachAnswer?: (answers: number) => void,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  let begun = 0;
  const client = async (): Promise<void> => {
    while (begun < count) {
      begun += 1;
      answers.push(await ask(service, typeof addresses === 'string' ? addresses : addresses(begun)));
      afterEachAnswer?.(answers.length);
    }
  };
  await Promise.all(Array.from({ length: 5 }, client));
  return answers;
}

const newClient = (number: number): string => `2001:db8:0:${number.toString(16)}::1`;
const granted = (answers: readonly Answer[]): number => answers.filter(({ status }) => status === 200).length;
const statusesOf = (answers: readonly Answer[]): Set<number> => new Set(answers.map(({ status }) => status));
const linesOf = (service: ServiceProcess, level: 'warn' | 'log'): string[] =>
  service
    .output()
    .split('\n')
    .filter((line) => line.includes('"context":"Redis"') && line.includes(`"level":"${level}"`));

/** Keeps asking, as new clients do, until the service says that it shares again. */
async function untilBack(service: ServiceProcess): Promise<void> {
  const deadline = performance.now() + 10_000;
  for (let client = 1; linesOf(service, 'log').length === 0; client += 1) {
    if (performance.now() > deadline) throw new Error('Redis was not used again.');
    await ask(service, newClient(client));
  }
}

async function expectShared(one: ServiceProcess, other: ServiceProcess, address: string): Promise<void> {
  const first = await run(one, address, LIMIT - 5);
  const second = await run(other, address, LIMIT - 5);
  expect([granted(first), granted(second)]).toEqual([LIMIT - 5, 5]);
}

describe('limits with REDIS_URL', () => {
  it('are one limit for two instances', async () => {
    const [one, other] = [await startService(), await startService()];
    await expectShared(one, other, '203.0.113.1');
    expect(statusesOf(await run(one, '203.0.113.1', 10))).toEqual(new Set([429]));
    expect(statusesOf(await run(other, '203.0.113.2', 10))).toEqual(new Set([200]));
    expect([...linesOf(one, 'warn'), ...linesOf(other, 'warn')]).toEqual([]);
  });

  it('leave nothing behind in Redis for longer than a minute', async () => {
    await run(await startService(), '203.0.113.1', 3 * LIMIT);
    const keys = await redis.query((client) => client.keys('*'));
    expect(keys).toEqual(['livekit-token-service:limit:address:203.0.113.1']);
    const ttl = await redis.query((client) => client.pttl(String(keys[0])));
    expect(ttl).toBeGreaterThan(0);
    expect(ttl).toBeLessThanOrEqual(60_000);
    // Once it has said that a client is over its limit, it is not asked again: what is more was asked at the same time.
    expect(Number(await redis.query((client) => client.get(String(keys[0]))))).toBeLessThanOrEqual(LIMIT + 5);
  });

  it('follow the primary: a connection that leads to a replica is given up', async () => {
    const service = await startService();
    const connection = (): Promise<string | undefined> =>
      redis.query(
        async (client) => /^id=(\d+) .* name=livekit-token-service /m.exec(String(await client.client('LIST')))?.[1],
      );
    const before = await connection();
    await redis.query((client) => client.replicaof('127.0.0.1', 1));
    await run(service, '203.0.113.1', 1);
    await redis.query((client) => client.replicaof('NO', 'ONE'));
    await untilBack(service);
    const after = await connection();
    expect([before, after]).toEqual([expect.any(String), expect.any(String)]);
    expect(after).not.toBe(before);
  });

  it('hold when Redis is lost in the middle of a run: 200 or 429, one warning, no second allowance', async () => {
    const [one, other] = [await startService(), await startService()];
    const answers = await run(one, '203.0.113.1', 10 * LIMIT, (count) => {
      if (count === LIMIT / 2) void redis.kill();
    });
    expect(answers).toHaveLength(10 * LIMIT);
    expect(statusesOf(answers)).toEqual(new Set([200, 429]));
    expect(granted(answers)).toBe(LIMIT);
    expect(granted(await run(one, '203.0.113.2', 2 * LIMIT))).toBe(LIMIT);
    expect(linesOf(one, 'warn')).toHaveLength(1);

    await redis.start();
    await Promise.all([untilBack(one), untilBack(other)]);
    await expectShared(one, other, '203.0.113.3');
    for (const service of [one, other]) {
      expect(linesOf(service, 'warn')).toHaveLength(1);
      expect(linesOf(service, 'log')).toHaveLength(1);
    }
  });

  it('hold while Redis hangs, and no answer waits for it for long', async () => {
    const [one, other] = [await startService(), await startService()];
    await run(one, '203.0.113.1', LIMIT / 2);
    redis.hang();
    expect(granted(await run(one, '203.0.113.1', 2 * LIMIT))).toBe(LIMIT / 2);
    const answers = await run(one, newClient, 1000);
    await run(other, newClient, 20);
    const durations = answers.map(({ milliseconds }) => milliseconds);
    expect(statusesOf(answers)).toEqual(new Set([200]));
    expect(Math.max(...durations)).toBeLessThan(1000);
    // Only one now and then, that tries again.
    expect(durations.filter((duration) => duration > 200).length).toBeLessThan(5);
    expect(linesOf(one, 'warn')).toEqual([expect.stringContaining('"reason":"Command timed out"')]);

    redis.goOn();
    await Promise.all([untilBack(one), untilBack(other)]);
    await expectShared(one, other, '203.0.113.2');
    expect(linesOf(one, 'warn')).toHaveLength(1);
  });

  it.each<[string, (redis: Redis) => Promise<unknown>, (redis: Redis) => Promise<unknown>]>([
    ['OOM', (client) => client.config('SET', 'maxmemory', '1'), (client) => client.config('SET', 'maxmemory', '0')],
    ['READONLY', (client) => client.replicaof('127.0.0.1', 1), (client) => client.replicaof('NO', 'ONE')],
  ])('hold in the process when Redis refuses with %s, and are shared once it does not', async (reason, spoil, mend) => {
    const service = await startService();
    await redis.query(spoil);
    expect(granted(await run(service, '203.0.113.1', 2 * LIMIT))).toBe(LIMIT);
    expect(linesOf(service, 'warn')).toEqual([expect.stringContaining(`"reason":"${reason}"`)]);
    await redis.query(mend);
    await untilBack(service);
    await expectShared(service, await startService(), '203.0.113.2');
    expect(linesOf(service, 'warn')).toHaveLength(1);
  });

  it('hold in the process with a password that Redis does not take', async () => {
    const service = await startService({ REDIS_URL: redis.url.replace(PASSWORD, `wrong-${PASSWORD}`) });
    expect(granted(await run(service, '203.0.113.1', 2 * LIMIT))).toBe(LIMIT);
    expect(linesOf(service, 'warn')).toEqual([expect.stringContaining('"reason":"WRONGPASS"')]);
  });

  it.each<[string, () => void | Promise<void>, number]>([
    ['serves', () => undefined, 0],
    ['hangs', () => redis.hang(), 0],
    ['is gone', () => redis.kill(), 1],
  ])('do not keep the process from its end when Redis %s', async (_what, happen, warnings) => {
    const service = await startService();
    await ask(service, '203.0.113.1');
    await happen();
    await eventually(() => linesOf(service, 'warn').length === warnings);
    service.child.kill('SIGTERM');
    expect(await service.exited).toBe(0);
    expect(linesOf(service, 'warn')).toHaveLength(warnings);
  });
});
