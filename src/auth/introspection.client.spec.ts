import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { LRUCache } from 'lru-cache';

import { holdTimeouts } from '../../test/support/clock.js';
import { eventually } from '../testing/eventually.js';
import { FakeIssuer, INTROSPECTION_CLIENT } from '../testing/fake-issuer.js';
import { temporaryFile } from '../../test/support/temporary-file.js';

import { IntrospectionClient } from './introspection.client.js';

describe('IntrospectionClient', () => {
  let issuer: FakeIssuer;
  let client: IntrospectionClient;
  let time = 1_000;
  beforeEach(async () => {
    issuer = await FakeIssuer.start();
    const { clientId, secret } = INTROSPECTION_CLIENT;
    const settings = {
      clientId,
      clientSecretFile: temporaryFile(secret).path,
      endpoint: `${issuer.url}/introspect`,
      always: false,
    };
    client = new IntrospectionClient(issuer.url, settings, () => time, 3);
  });
  afterEach(() => issuer.stop());

  const isActive = async (token: string): Promise<boolean> => (await client.introspect(token)) !== undefined;

  it('remembers an active token for 30 s at most', async () => {
    issuer.active.set('a', { sub: 'user-1' });
    expect(await isActive('a')).toBe(true);
    issuer.active.delete('a');
    time += 29_900;
    expect(await isActive('a')).toBe(true);
    time += 200;
    expect(await isActive('a')).toBe(false);
  });

  it('is not prolonged by being asked', async () => {
    issuer.active.set('a', { sub: 'user-1' });
    expect(await isActive('a')).toBe(true);
    issuer.active.delete('a');
    time += 20_000;
    expect(await isActive('a')).toBe(true);
    time += 11_000;
    expect(await isActive('a')).toBe(false);
  });

  it('remembers an inactive token for 5 s', async () => {
    expect(await isActive('a')).toBe(false);
    issuer.active.set('a', { sub: 'user-1' });
    time += 4_900;
    expect(await isActive('a')).toBe(false);
    time += 200;
    expect(await isActive('a')).toBe(true);
  });

  it('gives each caller a copy of the claims', async () => {
    issuer.active.set('a', { sub: 'user-1', groups: ['staff'] });
    const { groups } = (await client.introspect('a')) as { groups: string[] };
    groups.push('admin');
    expect(await client.introspect('a')).toEqual({ sub: 'user-1', groups: ['staff'] });
  });

  it('does not let many inactive tokens displace an active one', async () => {
    issuer.active.set('a', { sub: 'user-1' });
    expect(await isActive('a')).toBe(true);
    for (let n = 0; n < 10; n += 1) expect(await isActive(`junk-${n}`)).toBe(false);
    const before = issuer.requests.length;
    expect([await isActive('junk-9'), await isActive('junk-0')]).toEqual([false, false]);
    expect(issuer.requests).toHaveLength(before + 1);
    issuer.active.delete('a');
    expect(await isActive('a')).toBe(true);
  });

  it('remembers a bounded number of active tokens', async () => {
    for (const token of ['a', 'b', 'c', 'd']) issuer.active.set(token, { sub: token });
    for (const token of ['a', 'b', 'c', 'd']) expect(await isActive(token)).toBe(true);
    issuer.active.clear();
    expect([await isActive('d'), await isActive('a')]).toEqual([true, false]);
  });

  it('does not accept a remembered token past its exp', async () => {
    issuer.active.set('a', { sub: 'user-1', exp: Math.floor(Date.now() / 1000) + 10 });
    expect(await isActive('a')).toBe(true);
    jest.useFakeTimers({
      now: Date.now() + 10_000,
      doNotFake: ['setTimeout', 'setImmediate', 'nextTick', 'queueMicrotask'],
    });
    expect(await isActive('a')).toBe(false);
    jest.useRealTimers();
  });

  it('keeps the hash of a token, not the token', async () => {
    const set = jest.spyOn(LRUCache.prototype, 'set');
    issuer.active.set('the-active-token', { sub: 'user-1' });
    expect([await isActive('the-active-token'), await isActive('the-other-token')]).toEqual([true, false]);
    expect(set).toHaveBeenCalledTimes(2);
    expect(JSON.stringify(set.mock.calls)).not.toMatch(/the-active-token|the-other-token/);
    set.mockRestore();
  });

  it('fails at once for a while after a timeout', async () => {
    issuer.behaviour = 'hang';
    await holdTimeouts(async (timeouts) => {
      const waiting = expect(client.introspect('a')).rejects.toThrow('Introspection failed');
      await eventually(() => issuer.requests.length > 0);
      expect(timeouts.lengths).toEqual([5_000]);
      timeouts.elapse();
      await waiting;
    });
    const before = issuer.requests.length;
    await expect(client.introspect('b')).rejects.toThrow('Introspection failed');
    expect(issuer.requests).toHaveLength(before);
    expect(() => client.check()).toThrow('Introspection failed');
    issuer.behaviour = 'answer';
    time += 3_000;
    expect(await isActive('b')).toBe(false);
    expect(() => client.check()).not.toThrow();
  });
});
