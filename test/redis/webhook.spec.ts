/** Instances share through a real Redis which events were handled, and events are handled whatever becomes of it. */
import { EventEmitter, once } from 'node:events';

import { type DynamicModule, Inject, Injectable, Module } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { REMEMBER_FOR_MS } from '../../src/webhook/local-delivery.store.js';
import type { LiveKitEvent } from '../../src/webhook/livekit-event.js';
import { OnLiveKitEvent } from '../../src/webhook/on-livekit-event.decorator.js';
import { LEASE_MS } from '../../src/webhook/redis-delivery.store.js';
import { OnWebhookOutcome, type WebhookOutcomeEvent } from '../../src/webhook/webhook-events.js';
import { type RunningApp, startApp } from '../../src/testing/start-app.js';
import { answerTo, eventBody, newId } from '../../src/testing/webhook-sender.js';

import { PASSWORD, RedisServer } from './support/redis.server.js';

const INSTANCE = Symbol('INSTANCE');
const PREFIX = 'livekit-token-service:webhook:';

/** What succeeded, as instance and listener, in order. */
const happened: string[] = [];
const outcomes: string[] = [];
/** The calls that fail, as instance and listener. */
const failing = new Set<string>();
/** The listener `book` of an instance has begun, and may end. */
const steps = new EventEmitter();
let held: string | undefined;

@Injectable()
class Team {
  constructor(@Inject(INSTANCE) private readonly instance: string) {}

  @OnLiveKitEvent('room_started', { mustSucceed: true })
  async book(_event: LiveKitEvent<'room_started'>): Promise<void> {
    if (held === this.instance) {
      const end = once(steps, 'end');
      steps.emit('begun');
      await end;
    }
    this.happens('book');
  }

  @OnLiveKitEvent('room_started', { mustSucceed: true })
  charge(_event: LiveKitEvent<'room_started'>): void {
    this.happens('charge');
  }

  @OnLiveKitEvent('room_started')
  greet(_event: LiveKitEvent<'room_started'>): void {
    this.happens('greet');
  }

  @OnWebhookOutcome()
  count({ outcome }: WebhookOutcomeEvent): void {
    outcomes.push(`${this.instance} ${outcome}`);
  }

  private happens(listener: string): void {
    const call = `${this.instance} ${listener}`;
    if (failing.has(call)) throw new Error(`${call} fails`);
    happened.push(call);
  }
}

@Module({})
class TeamModule {
  static of(instance: string): DynamicModule {
    return { module: TeamModule, providers: [Team, { provide: INSTANCE, useValue: instance }] };
  }
}

let redis: RedisServer;
let one: RunningApp;
let other: RunningApp;
beforeEach(async () => {
  happened.length = outcomes.length = 0;
  failing.clear();
  held = undefined;
  redis = await RedisServer.start();
  one = await start('one');
  other = await start('other');
});
afterEach(async () => {
  const output = one.output.text();
  // The later one first: each gives back the output as it found it.
  await other.close();
  await one.close();
  await redis.kill();
  expect(output).not.toContain(PASSWORD);
});

const start = (instance: string): Promise<RunningApp> =>
  startApp({ REDIS_URL: redis.url }, { modules: [TeamModule.of(instance)] });
const started = (id: string): string => eventBody('room_started', { room: { name: 'a' } }, id);
const all = (instance: string): string[] => ['book', 'charge', 'greet'].map((listener) => `${instance} ${listener}`);
const warnings = (): unknown[] =>
  one.output.lines().filter(({ context, level }) => context === 'Redis' && level === 'warn');

/** The milliseconds that each key has left, -1 of one that stays for good. */
const lives = (): Promise<Record<string, number>> =>
  redis.query(async (client) => {
    // The record of journeys has a test of its own.
    const keys = (await client.keys('*')).filter((key) => !key.includes(':journey:'));
    return Object.fromEntries(await Promise.all(keys.map(async (key) => [key, await client.pttl(key)] as const)));
  });
const lifeOf = async (id: string): Promise<number> => (await lives())[PREFIX + id] ?? Number.NaN;

/** Lets a claim lapse, as time would. */
const lapse = (id: string): Promise<unknown> =>
  redis.query((client) => client.pexpire(PREFIX + id, REMEMBER_FOR_MS - LEASE_MS));

describe('webhooks with REDIS_URL', () => {
  it('are handled once by two instances', async () => {
    const [first, second] = [newId(), newId()];
    expect(await answerTo(one.url, started(first))).toEqual([200]);
    expect(await answerTo(other.url, started(first))).toEqual([200]);
    expect(await answerTo(one.url, started(first))).toEqual([200]);
    expect(outcomes).toEqual(['one accepted', 'other duplicate', 'one duplicate']);
    expect(await answerTo(other.url, started(second))).toEqual([200]);
    expect(happened.toSorted()).toEqual([...all('one'), ...all('other')]);
    expect(warnings()).toEqual([]);
  });

  it('are left to the instance that is handling them, for as long as it does', async () => {
    held = 'one';
    const id = newId();
    const begun = once(steps, 'begun');
    const first = answerTo(one.url, started(id));
    await begun;
    const joining = answerTo(one.url, started(id));
    expect(await answerTo(other.url, started(id))).toEqual([503, 'WEBHOOK_IN_PROGRESS']);
    steps.emit('end');
    expect([await first, await joining]).toEqual([[200], [200]]);
    expect(await answerTo(other.url, started(id))).toEqual([200]);
    expect(happened.toSorted()).toEqual(all('one'));
  });

  it('that take longer than an answer are held until their listeners are done', async () => {
    held = 'one';
    const id = newId();
    const begun = once(steps, 'begun');
    const first = answerTo(one.url, started(id));
    await begun;
    const before = await lifeOf(id);
    await redis.query((client) => client.pexpire(PREFIX + id, REMEMBER_FOR_MS - LEASE_MS / 2));
    expect(await first).toEqual([503, 'WEBHOOK_IN_PROGRESS']);
    expect(await lifeOf(id)).toBeGreaterThan(before - LEASE_MS / 2);
    expect(await answerTo(other.url, started(id))).toEqual([503, 'WEBHOOK_IN_PROGRESS']);
    steps.emit('end');
    expect(await answerTo(one.url, started(id))).toEqual([200]);
    expect(await answerTo(other.url, started(id))).toEqual([200]);
    expect(happened.toSorted()).toEqual(all('one'));
  });

  it('that arrive at both at the same time are handled once', async () => {
    const ids = Array.from({ length: 50 }, () => newId());
    const answers = await Promise.all(
      ids.flatMap((id) => [answerTo(one.url, started(id)), answerTo(other.url, started(id))]),
    );
    for (const [status, code] of answers) if (status !== 200) expect(code).toBe('WEBHOOK_IN_PROGRESS');
    for (const id of ids) expect(await answerTo(other.url, started(id))).toEqual([200]);
    expect(happened).toHaveLength(3 * ids.length);
    expect(outcomes.filter((outcome) => outcome.endsWith('accepted'))).toHaveLength(ids.length);
  });

  it('that failed at one instance are repeated at another for the failed listeners alone', async () => {
    failing.add('one charge').add('other charge');
    const id = newId();
    expect(await answerTo(one.url, started(id))).toEqual([503, 'WEBHOOK_LISTENER_FAILED']);
    expect(await answerTo(other.url, started(id))).toEqual([503, 'WEBHOOK_LISTENER_FAILED']);
    expect(happened.toSorted()).toEqual(['one book', 'one greet']);
    failing.clear();
    expect(await answerTo(other.url, started(id))).toEqual([200]);
    expect(await answerTo(one.url, started(id))).toEqual([200]);
    expect(happened.slice(2)).toEqual(['other charge']);
    expect(outcomes).toEqual(['one failed', 'other failed', 'other accepted', 'one duplicate']);
  });

  it('that an instance did not finish before its end go to another, which knows what was done before', async () => {
    failing.add('other charge');
    const id = newId();
    expect(await answerTo(other.url, started(id))).toEqual([503, 'WEBHOOK_LISTENER_FAILED']);
    // As an instance leaves it that claimed the event and crashed.
    await redis.query((client) => client.hset(PREFIX + id, { state: 'claimed', owner: 'an instance that is gone' }));
    await redis.query((client) => client.pexpire(PREFIX + id, REMEMBER_FOR_MS));
    expect(await answerTo(one.url, started(id))).toEqual([503, 'WEBHOOK_IN_PROGRESS']);
    await lapse(id);
    expect(await answerTo(one.url, started(id))).toEqual([200]);
    expect(happened.toSorted()).toEqual(['one charge', 'other book', 'other greet']);
  });

  it('do not undo what another instance has come to, once their claim has lapsed', async () => {
    held = 'one';
    failing.add('one charge');
    const id = newId();
    const begun = once(steps, 'begun');
    const first = answerTo(one.url, started(id));
    await begun;
    await lapse(id);
    expect(await answerTo(other.url, started(id))).toEqual([200]);
    steps.emit('end');
    expect(await first).toEqual([503, 'WEBHOOK_LISTENER_FAILED']);
    expect(await answerTo(one.url, started(id))).toEqual([200]);
    expect(happened.filter((call) => call.endsWith('charge'))).toEqual(['other charge']);
  });

  it('are not taken from the instance that claimed them after a claim had lapsed', async () => {
    held = 'one';
    failing.add('one charge');
    const id = newId();
    const begun = once(steps, 'begun');
    const first = answerTo(one.url, started(id));
    await begun;
    await redis.query((client) => client.hset(PREFIX + id, { owner: 'a third instance' }));
    steps.emit('end');
    expect(await first).toEqual([503, 'WEBHOOK_LISTENER_FAILED']);
    expect(await answerTo(other.url, started(id))).toEqual([503, 'WEBHOOK_IN_PROGRESS']);
    expect(happened.toSorted()).toEqual(['one book', 'one greet']);
  });

  it('leave nothing behind in Redis for longer than 70 minutes, and no id of any length', async () => {
    const [handled, failed, claimed] = [newId(), newId(), newId()];
    const long = 'E'.repeat(100_000);
    for (const id of [handled, `${long}1`, `${long}2`]) expect(await answerTo(one.url, started(id))).toEqual([200]);
    expect(await answerTo(other.url, started(`${long}1`))).toEqual([200]);
    expect(happened).toHaveLength(9);
    failing.add('one charge');
    expect((await answerTo(one.url, started(failed)))[0]).toBe(503);
    held = 'one';
    const begun = once(steps, 'begun');
    const last = answerTo(one.url, started(claimed));
    await begun;

    const found = await lives();
    expect(Object.keys(found)).toHaveLength(5);
    expect(Object.keys(found)).toEqual(expect.arrayContaining([handled, failed, claimed].map((id) => PREFIX + id)));
    for (const [key, life] of Object.entries(found)) {
      expect(key.startsWith(PREFIX) && key.length < PREFIX.length + 65).toBe(true);
      expect(life).toBeGreaterThan(REMEMBER_FOR_MS - 60_000);
      expect(life).toBeLessThanOrEqual(REMEMBER_FOR_MS);
    }
    steps.emit('end');
    await last;
  });

  it.each<[string, () => void | Promise<void>]>([
    ['is lost', () => redis.kill()],
    ['hangs', () => redis.hang()],
  ])('are handled once by each instance while Redis %s, and once again by all afterwards', async (_what, happen) => {
    const [before, during] = [newId(), newId()];
    failing.add('one charge');
    expect(await answerTo(one.url, started(before))).toEqual([503, 'WEBHOOK_LISTENER_FAILED']);
    failing.clear();
    await happen();
    for (const id of [before, during, before, during]) expect(await answerTo(one.url, started(id))).toEqual([200]);
    expect(happened.toSorted()).toEqual([...all('one'), ...all('one')].toSorted());
    expect(outcomes).toEqual(['one failed', 'one accepted', 'one accepted', 'one duplicate', 'one duplicate']);
    for (const id of [during, during]) expect(await answerTo(other.url, started(id))).toEqual([200]);
    expect(happened.slice(6).toSorted()).toEqual(all('other'));

    await redis.kill();
    await redis.start();
    await untilBack(one);
    await untilBack(other);
    happened.length = 0;
    const after = newId();
    expect(await answerTo(one.url, started(after))).toEqual([200]);
    expect(await answerTo(other.url, started(after))).toEqual([200]);
    expect(await answerTo(one.url, started(during))).toEqual([200]);
    expect(happened.toSorted()).toEqual(all('one'));
  });
});

/** Keeps sending, as LiveKit does, until the instance writes to Redis again. */
async function untilBack(service: RunningApp): Promise<void> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    const id = newId();
    await answerTo(service.url, started(id));
    if ((await lifeOf(id)) > 0) return;
    if (performance.now() > deadline) throw new Error('Redis was not used again.');
  }
}
