/** A logout that one instance hears of holds at the others, and a logout token is accepted once by all of them. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JWTPayload } from 'jose';

import { REMEMBER_FOR_MS } from '../../src/auth/logout-token.ids.js';
import { type RunningApp, startApp } from '../../src/testing/start-app.js';
import { eventually } from '../../src/testing/eventually.js';
import { FakeIssuer } from '../../src/testing/fake-issuer.js';
import { quickest } from '../support/quickest.js';

import { RedisServer } from './support/redis.server.js';

const PREFIX = 'livekit-token-service:logout-token:';

let issuer: FakeIssuer;
let redis: RedisServer;
let one: RunningApp;
let other: RunningApp;
beforeAll(async () => {
  issuer = await FakeIssuer.start();
  redis = await RedisServer.start();
  const settings = { ...issuer.settings, REDIS_URL: redis.url };
  one = await startApp(settings);
  other = await startApp(settings);
});
afterAll(async () => {
  await other.close();
  await one.close();
  await redis.kill();
  await issuer.stop();
});

const logOut = async ({ url }: RunningApp, token: string): Promise<number> => {
  const body = new URLSearchParams({ logout_token: token });
  return (await fetch(`${url}/access/backchannel-logout`, { method: 'POST', body })).status;
};
const join = async ({ post }: RunningApp, token: string): Promise<number> =>
  (await post('/livekit/token', { room_name: 'r' }, { authorization: `Bearer ${token}` })).status;
const logoutOf = (sub: string, claims: JWTPayload = {}): Promise<string> => issuer.signLogout({ sub, ...claims });

describe('a logout with REDIS_URL', () => {
  it.each([
    ['of a session', 'session'],
    ['of a caller', ''],
  ])('%s at one instance holds at the other within a second', async (sub, sid) => {
    const heard = async (attempt: number): Promise<number> => {
      const [caller, session] = [`${sub} ${attempt}`, { ...(sid && { sid: `${sid} ${attempt}` }) }];
      const token = await issuer.sign({ sub: caller, ...session });
      expect([await join(one, token), await join(other, token)]).toEqual([201, 201]);
      expect(await logOut(one, await logoutOf(caller, session))).toBe(200);
      const begin = performance.now();
      expect(await join(one, token)).toBe(401);
      await eventually(async () => (await join(other, token)) === 401);
      return performance.now() - begin;
    };
    expect(await quickest(1_000, heard)).toBeLessThan(1_000);
  });

  it('holds at all instances also where participants stay', async () => {
    const settings = { ...issuer.settings, REDIS_URL: redis.url, ACCESS_ENFORCEMENT: 'off' };
    const instances = await Promise.all([startApp(settings), startApp(settings)]);
    const token = await issuer.sign({ sub: 'staying', sid: 'staying' });
    const statuses = (): Promise<number[]> => Promise.all(instances.map((instance) => join(instance, token)));
    expect(await statuses()).toEqual([201, 201]);
    expect(await logOut(instances[0], await logoutOf('staying', { sid: 'staying' }))).toBe(200);
    await eventually(async () => (await statuses()).every((status) => status === 401));
    for (const instance of instances) await instance.close();
  });

  it('is accepted once, by whichever instance hears of it first', async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, (_, index) => logoutOf(`user-${index}`)));
    const statuses = await Promise.all(
      tokens.map(async (token) => (await Promise.all([logOut(one, token), logOut(other, token)])).toSorted()),
    );
    expect(statuses).toEqual(tokens.map(() => [200, 400]));
    for (const token of tokens) expect([await logOut(one, token), await logOut(other, token)]).toEqual([400, 400]);
  });

  it('leaves an id in Redis for as long as the token could be accepted, and nothing else of the token', async () => {
    const id = `secret-id-${'x'.repeat(500)}`;
    expect(await logOut(one, await logoutOf('alice', { jti: id }))).toBe(200);
    const [keys, lives] = await redis.query(async (client) => {
      const found = await client.keys(`${PREFIX}*`);
      return [found, await Promise.all(found.map((key) => client.pttl(key)))] as const;
    });
    expect(keys.every((key) => key.length < 100 && !key.includes('secret-id'))).toBe(true);
    for (const life of lives) expect(life).toBeGreaterThan(REMEMBER_FOR_MS - 60_000);
    for (const life of lives) expect(life).toBeLessThanOrEqual(REMEMBER_FOR_MS);
  });

  it('is heard while Redis is away, once by each instance, and shared when it is back', async () => {
    await redis.kill();
    const access = await issuer.sign({ sub: 'outage', sid: 's' });
    const token = await logoutOf('outage', { sid: 's' });
    expect([await logOut(one, token), await logOut(one, token)]).toEqual([200, 400]);
    expect(await join(one, access)).toBe(401);
    await redis.start();
    await eventually(async () => (await join(other, access)) === 401);
  });
});
