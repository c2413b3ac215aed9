import type { ClaimCondition, ClaimValue } from '../rules/claim-condition.js';
import type { TimeWindow } from '../rules/time-window.js';

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const DAY_MS = 86_400_000;

/** Such as `"staff" or "partners"`. */
export const valuesInWords = (values: readonly ClaimValue[]): string =>
  values.map((value) => JSON.stringify(value)).join(' or ');

/** As a file writes them. */
export function writtenConditions(conditions: readonly ClaimCondition[]): Record<string, unknown> {
  return Object.fromEntries(
    conditions.map(({ path, values }) => [path.source, values.length === 1 ? values[0] : values]),
  );
}

/** As a file writes it. */
export function writtenWindow({ options }: TimeWindow): Record<string, string> {
  const { zone, days, from, to, fromDate, toDate } = options;
  return {
    ...(days.size < DAYS.length && { days: [...days].map((day) => DAYS[day]).join(',') }),
    ...((from !== 0 || to !== 1440) && { from: clock(from), to: clock(to) }),
    zone,
    ...(fromDate !== undefined && { fromDate: date(fromDate) }),
    ...(toDate !== undefined && { toDate: date(toDate) }),
  };
}

/** Such as `mon,tue 08:00 to 18:00 Europe/Berlin from 2026-01-01`. */
export function windowInWords(window: TimeWindow): string {
  const { days, from, to, zone, fromDate, toDate } = writtenWindow(window);
  const parts = [
    days ?? 'every day',
    from === undefined ? undefined : `${from} to ${to}`,
    zone,
    fromDate && `from ${fromDate}`,
    toDate && `until ${toDate}`,
  ];
  return parts.filter((part) => part !== undefined).join(' ');
}

const clock = (minutes: number): string => {
  const two = (part: number): string => String(part).padStart(2, '0');
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
};

const date = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);
