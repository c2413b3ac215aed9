/** Instances share their limits through a real Redis, and limits hold whatever becomes of it. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Redis } from 'ioredis';

import { quickest } from '../support/quickest.js';

import {
  expectShared,
  granted,
  LIMIT,
  linesOf,
  newClient,
  run,
  runWhile,
  startService,
  statusesOf,
  stopServices,
  untilBack,
} from './support/limited-service.js';
import { RedisServer } from './support/redis.server.js';

const KEYS = 'livekit-token-service:limit:address:';

let redis: RedisServer;
beforeEach(async () => {
  redis = await RedisServer.start();
});
afterEach(async () => {
  await redis.kill();
  stopServices();
});

describe('limits with REDIS_URL', () => {
  it('are one limit for two instances', async () => {
    const [one, other] = [await startService(redis.url), await startService(redis.url)];
    await expectShared(one, other, '203.0.113.1');
    expect(statusesOf(await run(one, '203.0.113.1', 10))).toEqual(new Set([429]));
    expect(statusesOf(await run(other, '203.0.113.2', 10))).toEqual(new Set([200]));
    expect([...linesOf(one, 'warn'), ...linesOf(other, 'warn')]).toEqual([]);
  });

  it('leave nothing behind in Redis for longer than a minute', async () => {
    await run(await startService(redis.url), '203.0.113.1', 3 * LIMIT);
    const keys = await redis.query((client) => client.keys('*'));
    // The record of journeys has a test of its own.
    expect(keys.filter((key) => !key.includes(':journey:'))).toEqual([`${KEYS}203.0.113.1`]);
    const ttl = await redis.query((client) => client.pttl(`${KEYS}203.0.113.1`));
    expect(ttl).toBeGreaterThan(0);
    expect(ttl).toBeLessThanOrEqual(60_000);
    // Once it has said that a client is over its limit, it is not asked again: what is more was asked at the same time.
    expect(Number(await redis.query((client) => client.get(`${KEYS}203.0.113.1`)))).toBeLessThanOrEqual(LIMIT + 5);
  });

  it('hold when Redis is lost in the middle of a run: 200 or 429, one warning, no second allowance', async () => {
    const [one, other] = [await startService(redis.url), await startService(redis.url)];
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
    // What was under way when Redis was lost is not counted now, for it was counted without Redis.
    expect(await redis.query((client) => client.get(`${KEYS}203.0.113.1`))).toBeNull();
    for (const service of [one, other]) {
      expect(linesOf(service, 'warn')).toHaveLength(1);
      expect(linesOf(service, 'log')).toHaveLength(1);
    }
  });

  it.each<[string, () => unknown, () => unknown]>([
    ['hangs', () => redis.hang(), () => redis.goOn()],
    [
      'answers nothing but greetings',
      () => redis.query((client) => client.client('PAUSE', 60_000, 'WRITE')),
      () => redis.query((client) => client.client('UNPAUSE')),
    ],
  ])('hold while Redis %s, and no answer waits for it for long', async (_what, hang, goOn) => {
    const [one, other] = [await startService(redis.url), await startService(redis.url)];
    await run(one, '203.0.113.1', LIMIT / 2);
    await hang();
    const waits: number[] = [];
    /** The longest wait of a request in 3.5 s, in milliseconds; infinite if more requests waited for Redis than should. */
    const longest = async (): Promise<number> => {
      const end = performance.now() + 3_500;
      const others = await runWhile(() => performance.now() < end, one, newClient);
      expect(statusesOf(others)).toEqual(new Set([200]));
      const durations = [...waits.splice(0), ...others.map(({ milliseconds }) => milliseconds)];
      // Those that met the hang, and one a second that tries again.
      return durations.filter((duration) => duration > 240).length > 5 + 4 ? Infinity : Math.max(...durations);
    };
    const known = await run(one, '203.0.113.1', 2 * LIMIT);
    expect(granted(known)).toBe(LIMIT / 2);
    waits.push(...known.map(({ milliseconds }) => milliseconds));
    expect(await quickest(1_000, longest)).toBeLessThan(1_000);
    await run(other, newClient, 20);
    expect(linesOf(one, 'warn')).toEqual([expect.stringContaining('"reason":"Command timed out"')]);

    await goOn();
    await Promise.all([untilBack(one), untilBack(other)]);
    await expectShared(one, other, '203.0.113.2');
    expect(linesOf(one, 'warn')).toHaveLength(1);
  });

  it.each<[string, (redis: Redis) => Promise<unknown>, (redis: Redis) => Promise<unknown>]>([
    ['OOM', (client) => client.config('SET', 'maxmemory', '1'), (client) => client.config('SET', 'maxmemory', '0')],
    ['READONLY', (client) => client.replicaof('127.0.0.1', 1), (client) => client.replicaof('NO', 'ONE')],
  ])('hold in the process when Redis refuses with %s, and are shared once it does not', async (reason, spoil, mend) => {
    const service = await startService(redis.url);
    await redis.query(spoil);
    expect(granted(await run(service, '203.0.113.1', 2 * LIMIT))).toBe(LIMIT);
    expect(linesOf(service, 'warn')).toEqual([expect.stringContaining(`"reason":"${reason}"`)]);
    await redis.query(mend);
    await untilBack(service);
    await expectShared(service, await startService(redis.url), '203.0.113.2');
    expect(linesOf(service, 'warn')).toHaveLength(1);
  });
});
