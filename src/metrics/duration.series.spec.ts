/** Every duration reaches the histogram once, in order. */
import { describe, expect, it } from '@jest/globals';

import { DurationSeries } from './duration.series.js';

describe('DurationSeries', () => {
  it('hands over what is added, once and in order: many at a time by itself, the rest when it is asked for', () => {
    const observed: number[] = [];
    const series = new DurationSeries({ observe: (seconds) => observed.push(seconds) });
    const durations = Array.from({ length: 600 }, (_, index) => index / 1000);
    for (const seconds of durations) series.add(seconds);
    expect(observed.length).toBeGreaterThan(300);
    series.flush();
    series.flush();
    expect(observed).toEqual(durations);
  });
});
