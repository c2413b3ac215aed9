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

/** One entry of `when`: a time of day on certain days. */
export class TimeWindow {
  private readonly time: ZonedTime;
  /** The answer for one minute: windows begin and end at whole minutes. */
  private cached = { minute: NaN, end: undefined as number | undefined };

  /** Throws an InvalidValueError if there is no such zone. */
  constructor(readonly options: TimeWindowOptions) {
    this.time = ZonedTime.of(options.zone);
  }

  /** When the window that contains this instant ends; undefined outside of the window. Milliseconds since the epoch. */
  endOf(now: number): number | undefined {
    const minute = Math.floor(now / 60_000);
    if (this.cached.minute !== minute) this.cached = { minute, end: this.find(now) };
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

/** When the run of windows that contains this instant ends; undefined outside of all windows. */
export function endOfWindows(windows: readonly TimeWindow[], now: number): number | undefined {
  let end: number | undefined;
  for (let count = 0; count < MAX_FOLLOWING; count += 1) {
    const at = end ?? now;
    const ends = windows.map((window) => window.endOf(at)).filter((found) => found !== undefined);
    if (ends.length === 0) return end;
    end = Math.max(...ends);
  }
  return end;
}
