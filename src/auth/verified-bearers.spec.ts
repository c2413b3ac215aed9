import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { REMEMBER_FOR_MS, VerifiedBearers } from './verified-bearers.js';

const START = 1_800_000_000_000;
const LATER = START / 1000 + 3600;

describe('VerifiedBearers', () => {
  let monotonic = 0;
  const bearers = (max?: number): VerifiedBearers => new VerifiedBearers(max, () => monotonic);
  beforeEach(() => {
    jest.useFakeTimers({ now: START });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('knows the very token that was remembered, for a minute', () => {
    const known = bearers();
    const { keyOf } = VerifiedBearers;
    known.remember(keyOf('a.b.c'), LATER);
    expect(['a.b.c', 'a.b.d', 'a.b.c=', 'a.b', ''].filter((token) => known.knows(keyOf(token)))).toEqual(['a.b.c']);
    monotonic += REMEMBER_FOR_MS - 1;
    expect(known.knows(keyOf('a.b.c'))).toBe(true);
    monotonic += 1;
    expect(known.knows(keyOf('a.b.c'))).toBe(false);
  });

  it('keeps no part of a token', () => {
    expect(VerifiedBearers.keyOf('a.b.c')).toMatch(/^[\w-]{43}$/);
  });

  it('is not prolonged by being asked', () => {
    const known = bearers();
    known.remember('a.b.c', LATER);
    for (let second = 0; second < 60; second += 1) {
      expect(known.knows('a.b.c')).toBe(true);
      monotonic += 1000;
    }
    expect(known.knows('a.b.c')).toBe(false);
  });

  it('ends with exp, to the millisecond', () => {
    const known = bearers();
    known.remember('a.b.c', START / 1000 + 5);
    jest.setSystemTime(START + 4999);
    expect(known.knows('a.b.c')).toBe(true);
    jest.setSystemTime(START + 5000);
    expect(known.knows('a.b.c')).toBe(false);
  });

  it.each([START / 1000, START / 1000 - 10, 0, -1, NaN, undefined])('does not take exp %s', (exp) => {
    const known = bearers();
    known.remember('a.b.c', exp);
    expect(known.knows('a.b.c')).toBe(false);
  });

  it('knows nothing at a time before that of the verification', () => {
    const known = bearers();
    known.remember('a.b.c', LATER);
    jest.setSystemTime(START - 1);
    expect(known.knows('a.b.c')).toBe(false);
  });

  it('stays within its bound, and forgets those that were silent the longest', () => {
    const known = bearers();
    for (let n = 0; n < 30_000; n += 1) {
      known.remember(`token ${n}`, LATER);
      known.knows('token 0');
    }
    expect(known.size).toBe(10_000);
    expect(['token 0', 'token 1', 'token 29999'].map((token) => known.knows(token))).toEqual([true, false, true]);
  });
});
