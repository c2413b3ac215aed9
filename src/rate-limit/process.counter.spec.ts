import { describe, expect, it, jest } from '@jest/globals';

import { ProcessCounter } from './process.counter.js';

describe('ProcessCounter', () => {
  let now = 0;
  const counter = (maxKeys?: number): ProcessCounter => new ProcessCounter(maxKeys, () => now);

  it('counts each key by itself, in a window that its first request opens', () => {
    const counts = counter();
    expect(counts.count('a')).toEqual({ requests: 1, endsInMs: 60_000 });
    now += 20_000;
    expect(counts.count('a')).toEqual({ requests: 2, endsInMs: 40_000 });
    expect(counts.count('b')).toEqual({ requests: 1, endsInMs: 60_000 });
    now += 39_999;
    expect(counts.count('a')).toEqual({ requests: 3, endsInMs: 1 });
    now += 1;
    expect(counts.known('a')).toBe(0);
    expect(counts.count('a')).toEqual({ requests: 1, endsInMs: 60_000 });
    expect(counts.known('b')).toBe(1);
  });

  it.each([6871.592, 7590.907, 8939.165])('is exact at any time of the clock, such as %p ms', (time) => {
    const clock = jest.spyOn(performance, 'now').mockReturnValue(time);
    const counts = new ProcessCounter();
    counts.count('a');
    expect(counts.count('a')).toEqual({ requests: 2, endsInMs: 60_000 });
    clock.mockRestore();
  });

  it('goes on from what was counted elsewhere, until the window there ends', () => {
    const counts = counter();
    counts.count('a');
    counts.learn('a', { requests: 7, endsInMs: 5000 });
    expect(counts.count('a')).toEqual({ requests: 8, endsInMs: 5000 });
    now += 5000;
    expect(counts.count('a')).toEqual({ requests: 1, endsInMs: 60_000 });
  });

  it('stays within its bound under a flood of keys, and does not forget who keeps calling', () => {
    const counts = counter();
    for (let i = 0; i < 100_000; i += 1) {
      counts.count(`key ${i}`);
      if (i % 1000 === 0) counts.count('busy');
    }
    expect(counts.size).toBe(50_000);
    expect(counts.known('busy')).toBe(100);
    expect(counts.known('key 0')).toBe(0);
    expect(counts.known('key 99999')).toBe(1);
  });
});
