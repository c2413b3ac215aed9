import { type RuleReader, type YamlMap } from './rule-reader.js';
import { MINUTES_OF_DAY, TimeWindow, type Weekday } from './time-window.js';

const KEYS = ['days', 'from', 'to', 'zone', 'fromDate', 'toDate'];

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** By their text. Rules with the same times share windows, which cache when they end. */
export type KnownWindows = Map<string, readonly TimeWindow[]>;

/** `when`: a window, or a list of windows. Adds valid ones to `known`. */
export function parseWhen(value: unknown, reader: RuleReader, known: KnownWindows): readonly TimeWindow[] {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.length === 0) {
    reader.error('when must be a window or a list of windows, at least one');
    return [];
  }
  const text = JSON.stringify(value);
  const shared = known.get(text);
  if (shared) return shared;
  const parsed = Array.isArray(value)
    ? value.map((entry: unknown, index) => parseWindow(entry, reader.at(index)))
    : [parseWindow(value, reader)];
  const windows = parsed.filter((window) => window !== undefined);
  // Each rule with an invalid window has its own error.
  if (windows.length === parsed.length) known.set(text, windows);
  return windows;
}

function parseWindow(value: unknown, reader: RuleReader): TimeWindow | undefined {
  const map = reader.map('when', value, KEYS);
  if (map === undefined) return undefined;
  const days = parseDays(map['days'], reader.at('days'));
  const from = parseTime(map, 'from', 0, reader);
  const to = parseTime(map, 'to', MINUTES_OF_DAY, reader);
  const fromDate = parseDate(map, 'fromDate', reader);
  const toDate = parseDate(map, 'toDate', reader);
  const { zone } = map;
  if (typeof zone !== 'string') return reader.error('when: zone must be an IANA time zone such as Europe/Berlin');
  if (days === undefined || from === undefined || to === undefined) return undefined;
  if (from === to) return reader.at('to').error('when: to must differ from from; leave both out for whole days');
  if (fromDate !== undefined && toDate !== undefined && toDate < fromDate) {
    return reader.at('toDate').error('when: toDate must not be before fromDate');
  }
  return reader.at('zone').attempt('when: zone', () => new TimeWindow({ zone, days, from, to, fromDate, toDate }));
}

/** `mon-fri`, `sat`, `fri-mon`, `mon,wed`, or a list of these. */
function parseDays(value: unknown, reader: RuleReader): ReadonlySet<Weekday> | undefined {
  if (value === undefined) return new Set(DAYS.keys());
  const entries: readonly unknown[] = Array.isArray(value) ? value : [value];
  const texts = entries.map((entry) => (typeof entry === 'string' ? entry : ''));
  if (texts.length === 0) return reader.error('when: days must name at least one day');
  const days = new Set<Weekday>();
  for (const text of texts.flatMap((entry) => entry.split(','))) {
    const [first = '', last = first, ...more] = text.trim().toLowerCase().split('-');
    const [start, end] = [DAYS.indexOf(first), DAYS.indexOf(last)];
    if (start < 0 || end < 0 || more.length > 0) {
      return reader.error('when: days must be such as mon-fri, or a list such as [mon, wed]');
    }
    for (let day = start; ; day = (day + 1) % 7) {
      days.add(day);
      if (day === end) break;
    }
  }
  return days;
}

function parseTime(map: YamlMap, name: 'from' | 'to', missing: number, reader: RuleReader): number | undefined {
  const value = map[name];
  if (value === undefined) return missing;
  const [, hours, minutes] = /^(\d{2}):(\d{2})$/.exec(typeof value === 'string' ? value : '') ?? [];
  const total = Number(hours) * 60 + Number(minutes);
  const isValid = Number(minutes) < 60 && (total < MINUTES_OF_DAY || (name === 'to' && total === MINUTES_OF_DAY));
  return isValid ? total : reader.at(name).error(`when: ${name} must be a quoted time such as '08:00'`);
}

function parseDate(map: YamlMap, name: 'fromDate' | 'toDate', reader: RuleReader): number | undefined {
  const value = map[name];
  if (value === undefined) return undefined;
  const text = typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : '';
  const time = Date.parse(`${text}T00:00:00Z`);
  // Date.parse rejects a 32nd day, and takes February 30th for March.
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text) {
    return reader.at(name).error(`when: ${name} must be a date such as 2026-12-31`);
  }
  return time / 86_400_000;
}
