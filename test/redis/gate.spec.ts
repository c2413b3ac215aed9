/** Two instances with one Redis: each gate knows what the other instance decided, from a copy that is never older than the messages. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { AccessService } from '../../src/access/access.service.js';
import { Visitors } from '../support/access.js';
import { type RunningApp, startApp } from '../../src/testing/start-app.js';
import { eventually } from '../../src/testing/eventually.js';
import { FakeLiveKit } from '../../src/testing/fake-livekit.js';
import { askGate, joinToken } from '../support/gate.js';
import { FakeIssuer } from '../../src/testing/fake-issuer.js';
import { type TemporaryFile, temporaryFile } from '../support/temporary-file.js';

import { RedisServer } from './support/redis.server.js';

const WIDE = "- rooms: ['*']";
const NARROW = "- rooms: ['*']\n  grants: { canPublish: false }";

let issuer: FakeIssuer;
let redis: RedisServer;
let livekit: FakeLiveKit;
let rules: TemporaryFile;
let one: RunningApp;
let other: RunningApp;
let visitors: Visitors;

beforeAll(async () => {
  issuer = await FakeIssuer.start();
  redis = await RedisServer.start();
  livekit = await FakeLiveKit.start();
  rules = temporaryFile(WIDE);
  const settings = {
    ...issuer.settings,
    REDIS_URL: redis.url,
    LIVEKIT_URL: livekit.url,
    JOIN_RULES_FILE: rules.path,
    GATE_UNKNOWN: 'refuse',
    ACCESS_RECONCILE: '0',
  };
  one = await startApp(settings);
  other = await startApp(settings);
  visitors = new Visitors(issuer, livekit, [one]);
});

afterAll(async () => {
  await one.close();
  await other.close();
  await livekit.stop();
  await redis.kill();
  await issuer.stop();
});

/** The reasons of both gates; `open` for none. */
async function gates(room: string, identity: string, video: object = {}): Promise<string[]> {
  const token = await joinToken(room, identity, video);
  const asked = [one, other].map(({ url }) => askGate(url, { uri: `/rtc?access_token=${token}` }));
  return (await Promise.all(asked)).map(({ status, reason }) => reason ?? (status === 204 ? 'open' : String(status)));
}

const both = (reason: string): string[] => [reason, reason];
const becomes = (reason: string, room: string, identity: string, video?: object): Promise<unknown> =>
  eventually(async () => (await gates(room, identity, video)).every((found) => found === reason));
const admit = async (room: string, sub: string, service: RunningApp, sid = 'S1'): Promise<void> =>
  expect(await visitors.ask(room, { sub, sid: `${sub} ${sid}` }, service.url)).toEqual([201]);
const reads = (): Promise<number> =>
  redis.query(async (connection) => {
    const stats = await connection.info('commandstats');
    return Number(/cmdstat_hgetall:calls=(\d+)/.exec(stats)?.[1] ?? 0);
  });

describe('the gates of two instances', () => {
  it('know an admission, its end, and the next one of either', async () => {
    await admit('room', 'alice', one);
    expect(await gates('room', 'alice')).toEqual(both('open'));
    await other.app.get(AccessService).end({ room: 'room', identity: 'alice' });
    await becomes('ACCESS_REVOKED', 'room', 'alice');
    await admit('room', 'alice', other);
    expect(await gates('room', 'alice')).toEqual(both('open'));
  });

  it('ask Redis only where there is no copy', async () => {
    await admit('room', 'bob', one);
    await gates('room', 'bob');
    // The service also reads at times of its own.
    await eventually(async () => {
      const before = await reads();
      for (let count = 0; count < 5; count += 1) expect(await gates('room', 'bob')).toEqual(both('open'));
      return (await reads()) === before;
    });
  });

  it('know the other session of a caller when the one they remember has ended', async () => {
    await admit('room', 'carol', one, 'S1');
    await admit('room', 'carol', other, 'S2');
    expect(await gates('room', 'carol')).toEqual(both('open'));
    const access = one.app.get(AccessService);
    await access.end({ issuer: issuer.url, session: 'carol S2' });
    await becomes('open', 'room', 'carol');
    await access.end({ issuer: issuer.url, session: 'carol S1' });
    await becomes('ACCESS_REVOKED', 'room', 'carol');
  });

  it('know grants that another instance has withdrawn by other rules', async () => {
    await visitors.enter('room', { sub: 'dave', sid: 'dave S1' }, one.url);
    expect(await gates('room', 'dave')).toEqual(both('open'));
    rules.replace(NARROW);
    await becomes('GRANTS_TOO_WIDE', 'room', 'dave');
    expect(await gates('room', 'dave', { canPublish: false })).toEqual(both('open'));
    rules.replace(WIDE);
    await becomes('open', 'room', 'dave');
  });

  it('go on with what they have seen while Redis is away, and forget copies when it is back', async () => {
    await admit('room', 'erin', one);
    await admit('room', 'frank', one);
    await gates('room', 'erin');
    await gates('room', 'frank');
    await redis.kill();
    expect(await gates('room', 'erin')).toEqual(both('open'));
    await one.app.get(AccessService).end({ room: 'room', identity: 'frank' });
    expect((await gates('room', 'frank'))[0]).toBe('ACCESS_REVOKED');
    expect(await gates('room', 'a stranger')).toEqual(both('ADMISSION_UNKNOWN'));
    await redis.start();
    await becomes('ACCESS_REVOKED', 'room', 'frank');
    await eventually(async () => (await gates('room', 'erin'))[0] === 'open');
  });
});
