import { type DayNumber, ZonedTime } from './zoned-time.js';

/** Minutes after midnight. */
type Minutes = number;

export const MINUTES_OF_DAY: Minutes = 24 * 60;

/** 0 is Sunday. */
export type Weekday = number;

export interface TimeWindowOptions {
  readonly zone: string;
  /** Of the day on which the window begins. */
  readonly days: ReadonlySet<Weekday>;
  readonly from: Minutes;
  /** Not after `from`: of the next day. */
  readonly to: Minutes;
  /** Inclusive; of the day on which the window begins. */
  readonly fromDate?: DayNumber | undefined;
  readonly toDate?: DayNumber | undefined;
}

/** The same for all instants from `from` to before `until`. Without it, a request would convert up to 300 times between time zones. */
interface CachedEnd {
  readonly from: number;
  readonly until: number;
  readonly end: number | undefined;
}

const isCached = ({ from, until }: CachedEnd, now: number): boolean => from <= now && now < until;

/** Until then all windows stay as they are: they begin and end at whole minutes. */
const nextMinute = (now: number): number => (Math.floor(now / 60_000) + 1) * 60_000;

/** One entry of `when`: a time of day on certain days. */
export class TimeWindow {
  private readonly time: ZonedTime;
  private cached: CachedEnd = { from: NaN, until: NaN, end: undefined };

  /** Throws an InvalidValueError if there is no such zone. */
  constructor(readonly options: TimeWindowOptions) {
    this.time = ZonedTime.of(options.zone);
  }

  /** When the window that contains this instant ends; undefined outside of the window. Milliseconds since the epoch. */
  endOf(now: number): number | undefined {
    if (!isCached(this.cached, now)) {
      const end = this.find(now);
      this.cached = { from: now, until: end ?? nextMinute(now), end };
    }
    return this.cached.end;
  }

  /** Where the window begins and ends if it begins on this day; undefined if it does not. */
  on(day: DayNumber): { readonly start: number; readonly end: number } | undefined {
    const { days, from, to, fromDate = -Infinity, toDate = Infinity } = this.options;
    if (day < fromDate || day > toDate || !days.has(weekdayOf(day))) return undefined;
    const nextDay = to <= from ? 1 : 0;
    return { start: this.time.instantOf(day, from), end: this.time.instantOf(day + nextDay, to) };
  }

  dayOf(instant: number): DayNumber {
    return this.time.dayOf(instant);
  }

  private find(now: number): number | undefined {
    const today = this.time.dayOf(now);
    for (const day of [today, today - 1]) {
      const window = this.on(day);
      if (window !== undefined && window.start <= now && now < window.end) return window.end;
    }
    return undefined;
  }
}

/** 1970-01-01 was a Thursday. */
const weekdayOf = (day: DayNumber): Weekday => (((day + 4) % 7) + 7) % 7;

/** Windows that follow each other without a gap count as one, for so many windows. */
const MAX_FOLLOWING = 32;

const cachedEnds = new WeakMap<readonly TimeWindow[], CachedEnd>();

/** When the run of windows that contains this instant ends; undefined outside of all windows. Milliseconds since the epoch. */
export function endOfWindows(windows: readonly TimeWindow[], now: number): number | undefined {
  const cached = cachedEnds.get(windows);
  if (cached !== undefined && isCached(cached, now)) return cached.end;
  let end = latestEnd(windows, now);
  if (end === undefined) return undefined;
  let count = 1;
  for (let next = latestEnd(windows, end); next !== undefined && count < MAX_FOLLOWING; count += 1) {
    end = next;
    next = latestEnd(windows, end);
  }
  // Of a longer run, a later instant sees another first window, and with it another last one.
  cachedEnds.set(windows, { from: now, until: count < MAX_FOLLOWING ? end : nextMinute(now), end });
  return end;
}

function latestEnd(windows: readonly TimeWindow[], at: number): number | undefined {
  const ends = windows.map((window) => window.endOf(at)).filter((end) => end !== undefined);
  return ends.length > 0 ? Math.max(...ends) : undefined;
}
