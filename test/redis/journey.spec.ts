/** The record of journeys in a real Redis: shared by instances, bounded, never waited for, and complete again after an outage. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { JourneyStep } from '../../src/journey/journey-step.js';
import { MAX_SUBJECTS } from '../../src/journey/journey.store.js';
import { LocalJourneyStore } from '../../src/journey/local-journey.store.js';
import { MAX_WAITING, RedisJourneyStore } from '../../src/journey/redis-journey.store.js';
import { RedisClient } from '../../src/redis/redis.client.js';
import { connectionTo } from '../../src/redis/redis.connection.js';
import { eventually } from '../../src/testing/eventually.js';

import { RedisServer } from './support/redis.server.js';

const ALICE = { room: 'stage: ü', identity: 'alice:1' };
const joined = (sid: string, at = Date.now()): JourneyStep => ({ step: 'joined', at, sid });
const sids = (steps: readonly JourneyStep[]): string[] => steps.flatMap((step) => ('sid' in step ? [step.sid] : []));

let redis: RedisServer;
let clients: RedisClient[];
let one: RedisJourneyStore;
let other: RedisJourneyStore;
beforeEach(async () => {
  redis = await RedisServer.start();
  clients = [new RedisClient(connectionTo(redis.url)), new RedisClient(connectionTo(redis.url))];
  for (const client of clients) await client.onModuleInit();
  const [first, second] = clients.map((client) => new RedisJourneyStore(client, new LocalJourneyStore()));
  if (first === undefined || second === undefined) throw new Error('two clients, two stores');
  [one, other] = [first, second];
});
afterEach(async () => {
  for (const client of clients) await client.onApplicationShutdown();
  await redis.kill();
});

describe('the record in Redis', () => {
  it('is one for all instances, in the order of time', async () => {
    const now = Date.now();
    one.add(ALICE, joined('PA_1', now - 2));
    other.add(ALICE, joined('PA_2', now - 1));
    one.add({ room: ALICE.room }, { step: 'room_started', at: now, sid: 'RM_1' });
    one.sign({ webhookAt: 5, joinAt: 7 });
    one.sign({ webhookAt: 6, gateAt: 8 });
    await eventually(
      async () => sids(await other.find(ALICE)).length === 2 && sids(await one.find(ALICE)).length === 2,
    );
    expect(sids(await one.find(ALICE))).toEqual(['PA_1', 'PA_2']);
    expect(sids(await other.find({ room: ALICE.room }))).toEqual(['RM_1']);
    expect(await other.participants()).toEqual([ALICE]);
    await eventually(async () => (await other.signs()).gateAt === 8);
    // Each sign is written every five seconds at most.
    expect(await other.signs()).toEqual({ webhookAt: 5, joinAt: 7, gateAt: 8 });
  });

  it('has one step for decisions of the gate that repeat, whichever instances were called', async () => {
    const opened = (at: number): JourneyStep => ({ step: 'gate_opened', at, code: 'ADMITTED', times: 1 });
    const now = Date.now();
    one.add(ALICE, opened(now - 3));
    other.add(ALICE, opened(now - 2));
    one.add(ALICE, opened(now - 1));
    other.add(ALICE, { step: 'gate_refused', at: now, code: 'ACCESS_REVOKED', cause: 'logout', times: 1 });
    await eventually(async () => (await one.find(ALICE)).length === 2 && (await other.find(ALICE)).length === 2);
    expect(await one.find(ALICE)).toMatchObject([
      { step: 'gate_opened', times: 3 },
      { step: 'gate_refused', cause: 'logout' },
    ]);
  });

  it('is bounded in steps, in participants and in time', async () => {
    for (let count = 0; count < 100; count++) one.add(ALICE, joined(`PA_${count}`));
    expect(await one.find(ALICE)).toHaveLength(24);
    expect(sids(await other.find(ALICE)).at(-1)).toBe('PA_99');
    for (let count = 0; count < MAX_SUBJECTS; count++) {
      one.add({ room: 'crowd', identity: `p${count}` }, joined('PA'));
      if (count % 1000 === 0) await one.find(ALICE);
    }
    await one.find({ room: 'crowd', identity: 'p0' });
    expect(await other.participants()).toHaveLength(MAX_SUBJECTS);
    expect(await other.find(ALICE)).toEqual([]);
    const [keys, lives] = await redis.query(async (connection) => [
      await connection.dbsize(),
      await Promise.all((await connection.keys('*')).slice(0, 50).map((key) => connection.pttl(key))),
    ]);
    expect(keys).toBe(MAX_SUBJECTS + 1);
    expect(lives.every((life) => life > 0 && life <= 24 * 3_600_000)).toBe(true);
  });

  it('takes requests of strangers only for rooms that it knows', async () => {
    const stranger = { room: 'unknown room' };
    one.add(stranger, joined('PA_1'), { onlyIfKnown: true });
    one.add({ room: 'known' }, joined('PA_2'));
    one.add({ room: 'known' }, joined('PA_3'), { onlyIfKnown: true });
    expect(await one.find(stranger)).toEqual([]);
    expect(sids(await one.find({ room: 'known' }))).toEqual(['PA_2', 'PA_3']);
    expect(sids(await other.find({ room: 'known' }))).toEqual(['PA_2', 'PA_3']);
  });

  it('goes on in each instance while Redis is away, and is written when it is back', async () => {
    one.add(ALICE, joined('PA_before'));
    await one.find(ALICE);
    await redis.kill();
    one.add(ALICE, joined('PA_meanwhile'));
    expect(sids(await one.find(ALICE))).toEqual(['PA_before', 'PA_meanwhile']);
    for (let count = 0; count < 3 * MAX_WAITING; count++) one.add({ room: 'r', identity: `p${count}` }, joined('PA'));
    await redis.start();
    await eventually(async () => {
      one.add(ALICE, joined('PA_after'));
      return sids(await other.find(ALICE)).includes('PA_after');
    });
    expect(sids(await other.find(ALICE))).toContain('PA_meanwhile');
    // What did not fit is known to its own instance.
    const dropped = { room: 'r', identity: `p${3 * MAX_WAITING - 1}` };
    expect([(await other.find(dropped)).length, (await one.find(dropped)).length]).toEqual([0, 1]);
  });
});
