import type { TimeWindow } from '../rules/time-window.js';
import { type DayNumber, ZonedTime } from '../rules/zoned-time.js';

import { windowKey, type Windows, windowsKey } from './requirements.js';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** A week and a day to either side. */
const AROUND = 8;
const WEEKS_OF_YEAR = 53;
/** As many windows as count as one where they follow each other. */
const MAX_FOLLOWING = 32;

interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * The times at which windows begin or end: between two of them, no decision changes. Weeks repeat themselves but for changes of the clock
 * and the first and last dates of windows, so the weeks around these suffice, within a year after `reference` and after each date.
 */
export class CriticalTimes {
  private readonly changesOfClock = new Map<string, readonly DayNumber[]>();
  private readonly found = new Map<string, readonly number[]>();
  private readonly spans = new Map<string, Map<DayNumber, Span | undefined>>();
  private readonly today: DayNumber;

  /** In milliseconds since the epoch, like all times. */
  constructor(readonly reference: number) {
    this.today = Math.floor(reference / DAY_MS);
  }

  /** Times within all of `within` and outside of all of `outside`. */
  *between(within: readonly Windows[], outside: readonly Windows[]): Generator<number> {
    for (const time of this.of([...within, ...outside].flat(), [])) {
      const isWithin = within.every((windows) => this.endOf(windows, time) !== undefined);
      if (isWithin && outside.every((windows) => this.endOf(windows, time) === undefined)) yield time;
    }
  }

  /**
   * As {@link between}, and one time for each combination of what is left of `within`, to the minute. So many seconds before the end of a
   * window as `before` lists are critical too.
   */
  *remaining(within: readonly Windows[], outside: readonly Windows[], before: readonly number[]): Generator<number> {
    const seen = new Set<string>();
    for (const time of this.of([...within, ...outside].flat(), before)) {
      const left = within.map((windows) => (this.endOf(windows, time) ?? time) - time);
      if (left.includes(0) || outside.some((windows) => this.endOf(windows, time) !== undefined)) continue;
      const key = left.join();
      if (seen.has(key)) continue;
      seen.add(key);
      yield time;
    }
  }

  private endOf(windows: Windows, time: number): number | undefined {
    const day = Math.floor(time / DAY_MS);
    let end: number | undefined;
    for (let count = 0; count < MAX_FOLLOWING; count += 1) {
      const at = end ?? time;
      const today = end === undefined ? day : Math.floor(end / DAY_MS);
      let latest: number | undefined;
      for (const window of windows) {
        // The date differs by one between zones, and windows last until the next day.
        for (let date = today - 2; date <= today + 1; date += 1) {
          const span = this.spanOf(window, date);
          if (span && span.start <= at && at < span.end) latest = Math.max(latest ?? 0, span.end);
        }
      }
      if (latest === undefined) break;
      end = latest;
    }
    return end;
  }

  private spanOf(window: TimeWindow, day: DayNumber): Span | undefined {
    const key = windowKey(window);
    const known = this.spans.get(key) ?? new Map<DayNumber, Span | undefined>();
    this.spans.set(key, known);
    if (!known.has(day)) known.set(day, window.on(day));
    return known.get(day);
  }

  private of(windows: Windows, before: readonly number[]): readonly number[] {
    const key = `${windowsKey(windows)} ${before.join()}`;
    let times = this.found.get(key);
    if (times === undefined) {
      times = [...new Set([this.reference, ...this.boundaries(windows, before)])];
      this.found.set(key, times);
    }
    return times;
  }

  private boundaries(windows: Windows, before: readonly number[]): number[] {
    const days = this.daysOf(windows);
    return windows.flatMap((window) =>
      days.flatMap((day) => {
        const span = this.spanOf(window, day);
        if (span === undefined) return [];
        const times = [span.start, span.end];
        for (const seconds of before) {
          const time = span.end - seconds * 1000;
          times.push(time, time - MINUTE_MS, time + MINUTE_MS);
        }
        return times;
      }),
    );
  }

  private daysOf(windows: Windows): DayNumber[] {
    const dates = windows.flatMap(({ options: { fromDate, toDate } }) => [fromDate, toDate]);
    const edges = [this.today, ...dates.filter((date) => date !== undefined)];
    const changes = [...new Set(windows.map(({ options }) => options.zone))].flatMap((zone) =>
      edges.flatMap((edge) => this.changesAfter(edge, zone)),
    );
    const days = new Set<DayNumber>();
    for (const edge of [...edges, ...changes]) {
      for (let day = edge - AROUND; day <= edge + AROUND; day += 1) days.add(day);
    }
    // From the reference on, then the past.
    return [...days].sort((one, two) => Number(one < this.today) - Number(two < this.today) || one - two);
  }

  /** The days within a year on which the clock of the zone changes. */
  private changesAfter(day: DayNumber, zone: string): readonly DayNumber[] {
    const key = `${zone} ${day}`;
    let changes = this.changesOfClock.get(key);
    if (changes === undefined) {
      const time = ZonedTime.of(zone);
      const offsetOn = (date: DayNumber): number => time.offsetAt(date * DAY_MS);
      const weeks = Array.from({ length: WEEKS_OF_YEAR }, (_, week) => day + week * 7);
      changes = weeks
        .filter((week) => offsetOn(week) !== offsetOn(week + 7))
        .map((week) => {
          let date = week;
          while (offsetOn(date + 1) === offsetOn(week)) date += 1;
          return date;
        });
      this.changesOfClock.set(key, changes);
    }
    return changes;
  }
}
