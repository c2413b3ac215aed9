import { InvalidValueError } from '../config/value-readers.js';

const DAY_MS = 86_400_000;

/** A date of the proleptic Gregorian calendar, as days since 1970-01-01. */
export type DayNumber = number;

/** Local time of an IANA time zone. */
export class ZonedTime {
  /** By zone: constructing an Intl.DateTimeFormat takes about 50 µs. */
  private static readonly zones = new Map<string, ZonedTime>();

  private constructor(private readonly format: Intl.DateTimeFormat) {}

  /** Throws an {@link InvalidValueError} if there is no such zone. */
  static of(zone: string): ZonedTime {
    let time = ZonedTime.zones.get(zone);
    if (time === undefined) {
      time = new ZonedTime(formatOf(zone));
      ZonedTime.zones.set(zone, time);
    }
    return time;
  }

  /** The local date of an instant, in milliseconds since the epoch. */
  dayOf(instant: number): DayNumber {
    return Math.floor(this.wallClock(instant) / DAY_MS);
  }

  /**
   * The instant of a local time. As in RFC 5545, section 3.3.5: a time that occurs twice is the first one, and a time that a
   * change of the clock skips counts by the offset before the change.
   */
  instantOf(day: DayNumber, minutes: number): number {
    const wall = day * DAY_MS + minutes * 60_000;
    const before = this.offsetAt(wall - DAY_MS);
    const after = this.offsetAt(wall + DAY_MS);
    if (before === after) return wall - before;
    const candidates = [before, after].map((offset) => wall - offset).filter((at) => this.wallClock(at) === wall);
    return candidates.length > 0 ? Math.min(...candidates) : wall - before;
  }

  /** The offset of the zone from UTC, in milliseconds. */
  offsetAt(instant: number): number {
    return this.wallClock(instant) - instant;
  }

  /** The local time of the zone as if it were UTC, in milliseconds; whole seconds. */
  private wallClock(instant: number): number {
    const parts = Object.fromEntries(
      this.format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]),
    );
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second) + (((instant % 1000) + 1000) % 1000);
  }
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const number = 'numeric';
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'gregory',
      hourCycle: 'h23',
      year: number,
      month: number,
      day: number,
      hour: number,
      minute: number,
      second: number,
    });
  } catch {
    throw new InvalidValueError('must be an IANA time zone such as Europe/Berlin');
  }
}
