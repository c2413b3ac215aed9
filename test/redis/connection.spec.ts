/** The connection to Redis keeps its password to itself, is replaced where it leads nowhere, and ends with the process. */
import { setImmediate } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { RedisClient } from '../../src/redis/redis.client.js';
import { startApp } from '../../src/testing/start-app.js';
import { type ServiceProcess } from '../support/built-service.js';
import { eventually } from '../../src/testing/eventually.js';

import {
  ask,
  expectShared,
  granted,
  LIMIT,
  linesOf,
  newClient,
  run,
  startService,
  stopServices,
  untilBack,
} from './support/limited-service.js';
import { PASSWORD, RedisServer } from './support/redis.server.js';
import { SilentProxy } from './support/silent.proxy.js';

let redis: RedisServer;
let proxy: SilentProxy | undefined;
beforeEach(async () => {
  redis = await RedisServer.start();
});
afterEach(async () => {
  proxy?.stop();
  proxy = undefined;
  await redis.kill();
  stopServices();
});

describe('the connection to Redis', () => {
  it('with a password that Redis does not take leaves limits to the process, and is warned of once', async () => {
    const service = await startService(redis.url.replace(PASSWORD, `wrong-${PASSWORD}`));
    expect(granted(await run(service, '203.0.113.1', 2 * LIMIT))).toBe(LIMIT);
    expect(linesOf(service, 'warn')).toEqual([expect.stringContaining('"reason":"WRONGPASS"')]);
  });

  it('is made anew when it leads to what has become a replica', async () => {
    const service = await startService(redis.url);
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

  it('is made anew when it was lost without a word', async () => {
    proxy = await SilentProxy.start(redis.url);
    const [one, other] = [await startService(proxy.urlFor(redis.url)), await startService(redis.url)];
    await ask(one, '203.0.113.1');
    proxy.silence();
    await run(one, newClient, 10);
    expect(linesOf(one, 'warn')).toHaveLength(1);
    await untilBack(one);
    await expectShared(one, other, '203.0.113.2');
    expect(linesOf(one, 'warn')).toHaveLength(1);
  });

  it('is made anew when it was closed while it was being established', async () => {
    const way = await SilentProxy.start(redis.url);
    proxy = way;
    const [one, other] = [await startService(way.urlFor(redis.url)), await startService(redis.url)];
    way.closeAtOnce();
    await eventually(() => way.closed >= 3);
    way.goOn();
    await untilBack(one);
    await expectShared(one, other, '203.0.113.1');
    expect(linesOf(one, 'warn')).toHaveLength(1);
  });

  it('counts replies that arrived while the process was held up', async () => {
    const { app, close } = await startApp({ REDIS_URL: redis.url });
    // A Redis that gets no CPU time meanwhile replies too late.
    await eventually(async () => {
      // Node then looks at its timers before it reads from connections.
      await setImmediate();
      const reply = app.get(RedisClient).ask((connection) => connection.ping());
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
      return reply;
    });
    await close();
  });

  it('is told of by readiness', async () => {
    const stateOf = async (service: ServiceProcess): Promise<unknown> => {
      const response = await fetch(`${service.url}/health/ready`);
      const { details } = (await response.json()) as { details: Record<string, unknown> };
      return [response.status, details['redis']];
    };
    const [one, other] = [await startService(redis.url), await startService(redis.url)];
    // A probe does not wait for a check that takes long: a later one tells what has become of it.
    await eventually(async () => JSON.stringify(await stateOf(one)) === JSON.stringify([200, { status: 'up' }]));
    await redis.kill();
    await eventually(
      async () => JSON.stringify(await stateOf(other)) === JSON.stringify([200, { status: 'degraded' }]),
    );
  });

  it.each<[string, () => void | Promise<void>, number, number]>([
    ['serves', () => undefined, 0, 0],
    // The record of journeys may have been written before.
    ['hangs', () => redis.hang(), 0, 1],
    ['is gone', () => redis.kill(), 1, 1],
  ])('does not keep the process from its end when Redis %s', async (_what, happen, least, most) => {
    const service = await startService(redis.url);
    await ask(service, '203.0.113.1');
    await happen();
    await eventually(() => linesOf(service, 'warn').length >= least);
    service.child.kill('SIGTERM');
    expect(await service.exited).toBe(0);
    expect(linesOf(service, 'warn').length).toBeGreaterThanOrEqual(least);
    expect(linesOf(service, 'warn').length).toBeLessThanOrEqual(most);
  });
});
