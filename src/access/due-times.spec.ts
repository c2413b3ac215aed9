import { describe, expect, it } from '@jest/globals';

import { DueTimes } from './due-times.js';

const HOUR_MS = 3_600_000;
const keysOf = (claims: readonly { readonly key: string }[]): string[] => claims.map(({ key }) => key);

describe('DueTimes', () => {
  it('gives each participant whose time has come to one claim, as many as asked for', () => {
    const due = new DueTimes();
    const now = Date.now();
    for (const key of ['a', 'b', 'c']) due.set(key, now);
    due.set('later', now + HOUR_MS);
    expect(keysOf(due.claim(2, HOUR_MS))).toEqual(['a', 'b']);
    expect(keysOf(due.claim(2, HOUR_MS))).toEqual(['c']);
    expect(due.claim(2, HOUR_MS)).toEqual([]);
  });

  it('keeps the earlier of two times', () => {
    const due = new DueTimes();
    due.set('a', Date.now());
    due.set('a', Date.now() + HOUR_MS);
    expect(keysOf(due.claim(1, HOUR_MS))).toEqual(['a']);
  });

  it('gives those again whose claim is over, or who became due meanwhile', () => {
    const due = new DueTimes();
    due.set('a', 0);
    due.set('b', 0);
    due.set('c', 0);
    expect(keysOf(due.claim(1, -1))).toEqual(['a']);
    expect(keysOf(due.claim(3, HOUR_MS))).toEqual(['b', 'c', 'a']);
    const [claim] = [{ key: 'b', until: 1 }];
    due.end(claim);
    due.set('b', Date.now());
    expect(keysOf(due.claim(3, HOUR_MS))).toEqual(['b']);
  });

  it('forgets those whose claim has ended', () => {
    const due = new DueTimes();
    due.set('a', 0);
    const [claim] = due.claim(1, -1);
    if (claim !== undefined) due.end(claim);
    expect(due.claim(1, HOUR_MS)).toEqual([]);
  });
});
