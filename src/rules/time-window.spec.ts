import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';

import { parseJoinRules } from './join-rules.parser.js';
import { endOfWindows, type TimeWindow } from './time-window.js';
import { ZonedTime } from './zoned-time.js';

const windows = (when: unknown): readonly TimeWindow[] => {
  const { rules, errors } = parseJoinRules(JSON.stringify([{ rooms: ['*'], when }]));
  expect(errors).toEqual([]);
  return rules[0]?.when ?? [];
};

/** The end as UTC; undefined outside of the windows. */
const end = (when: unknown, now: string): string | undefined => {
  const found = endOfWindows(windows(when), Date.parse(now));
  return found === undefined ? undefined : new Date(found).toISOString().replace('.000', '');
};

const OFFICE = { days: 'mon-fri', from: '08:00', to: '18:00', zone: 'Europe/Berlin' };

describe('time windows', () => {
  it.each([
    ['before it begins', OFFICE, '2026-11-25T06:59:59Z', undefined],
    ['as it begins', OFFICE, '2026-11-25T07:00:00Z', '2026-11-25T17:00:00Z'],
    ['in its last second', OFFICE, '2026-11-25T16:59:59Z', '2026-11-25T17:00:00Z'],
    ['as it ends', OFFICE, '2026-11-25T17:00:00Z', undefined],
    ['in summer', OFFICE, '2026-07-01T06:00:00Z', '2026-07-01T16:00:00Z'],
    ['on a Saturday', OFFICE, '2026-11-28T12:00:00Z', undefined],
    [
      'on a Sunday in UTC that is a Monday there',
      { days: 'mon', zone: 'Asia/Tokyo' },
      '2026-11-29T15:00:00Z',
      '2026-11-30T15:00:00Z',
    ],
    [
      'after midnight',
      { from: '22:00', to: '02:00', days: 'fri', zone: 'UTC' },
      '2026-11-28T01:59:00Z',
      '2026-11-28T02:00:00Z',
    ],
    [
      'after midnight of another day',
      { from: '22:00', to: '02:00', days: 'fri', zone: 'UTC' },
      '2026-11-27T01:00:00Z',
      undefined,
    ],
    [
      'before midnight',
      { from: '22:00', to: '02:00', days: 'fri', zone: 'UTC' },
      '2026-11-27T23:00:00Z',
      '2026-11-28T02:00:00Z',
    ],
    [
      'on days across the end of the week',
      { days: 'fri-mon', zone: 'UTC' },
      '2026-11-29T12:00:00Z',
      '2026-12-01T00:00:00Z',
    ],
    ['until 24:00', { from: '20:00', to: '24:00', zone: 'UTC' }, '2026-11-25T23:59:00Z', '2026-11-26T00:00:00Z'],
    [
      'on leap day',
      { fromDate: '2028-02-29', toDate: '2028-02-29', zone: 'UTC' },
      '2028-02-29T12:00:00Z',
      '2028-03-01T00:00:00Z',
    ],
    [
      'after leap day',
      { fromDate: '2028-02-29', toDate: '2028-02-29', zone: 'UTC' },
      '2028-03-01T00:00:00Z',
      undefined,
    ],
    ['before its dates', { fromDate: '2026-12-01', zone: 'UTC' }, '2026-11-30T23:59:00Z', undefined],
    [
      'a night that begins on its last date',
      { from: '22:00', to: '06:00', toDate: '2026-12-01', zone: 'UTC' },
      '2026-12-02T05:00:00Z',
      '2026-12-02T06:00:00Z',
    ],
    [
      'of the second of two',
      [
        { days: 'mon', zone: 'UTC' },
        { days: 'wed', zone: 'UTC' },
      ],
      '2026-11-25T12:00:00Z',
      '2026-11-26T00:00:00Z',
    ],
    [
      'of two that overlap',
      [
        { from: '08:00', to: '12:00', zone: 'UTC' },
        { from: '11:00', to: '14:00', zone: 'UTC' },
      ],
      '2026-11-25T09:00:00Z',
      '2026-11-25T14:00:00Z',
    ],
    [
      'of whole days in a row',
      { days: ['mon', 'tue,wed'], zone: 'UTC' },
      '2026-11-23T12:00:00Z',
      '2026-11-26T00:00:00Z',
    ],
  ])('%s', (_what, when, now, expected) => {
    expect(end(when, now)).toBe(expected);
  });

  // The clock goes forward at 02:00 standard time, and back at 03:00 (02:00 in New York and Lord Howe) daylight saving time.
  it.each([
    [
      'Berlin, forward: begins within the skipped hour',
      'Europe/Berlin',
      '02:30',
      '05:00',
      '2026-03-29T01:29:59Z',
      undefined,
    ],
    [
      'Berlin, forward: by the offset before',
      'Europe/Berlin',
      '02:30',
      '05:00',
      '2026-03-29T01:30:00Z',
      '2026-03-29T03:00:00Z',
    ],
    [
      'Berlin, forward: ends within the skipped hour',
      'Europe/Berlin',
      '00:00',
      '02:30',
      '2026-03-29T01:29:00Z',
      '2026-03-29T01:30:00Z',
    ],
    [
      'Berlin, back: begins at the first 02:30',
      'Europe/Berlin',
      '02:30',
      '05:00',
      '2026-10-25T00:30:00Z',
      '2026-10-25T04:00:00Z',
    ],
    ['Berlin, back: ends at the first 02:30', 'Europe/Berlin', '00:00', '02:30', '2026-10-25T00:30:00Z', undefined],
    [
      'Berlin, back: ends at the first 02:30, also in the second hour',
      'Europe/Berlin',
      '00:00',
      '02:30',
      '2026-10-25T01:10:00Z',
      undefined,
    ],
    [
      'Berlin, back: the day has 25 hours',
      'Europe/Berlin',
      '00:00',
      '24:00',
      '2026-10-25T22:59:00Z',
      '2026-10-25T23:00:00Z',
    ],
    ['New York, forward', 'America/New_York', '02:30', '05:00', '2026-03-08T07:30:00Z', '2026-03-08T09:00:00Z'],
    ['New York, back', 'America/New_York', '01:30', '05:00', '2026-11-01T05:30:00Z', '2026-11-01T10:00:00Z'],
    ['New York, back: before', 'America/New_York', '01:30', '05:00', '2026-11-01T05:29:59Z', undefined],
    [
      'Lord Howe, forward by half an hour',
      'Australia/Lord_Howe',
      '02:15',
      '05:00',
      '2026-10-03T15:45:00Z',
      '2026-10-03T18:00:00Z',
    ],
    [
      'Lord Howe, back by half an hour',
      'Australia/Lord_Howe',
      '01:45',
      '05:00',
      '2026-04-04T14:45:00Z',
      '2026-04-04T18:30:00Z',
    ],
  ])('%s', (_what, zone, from, to, now, expected) => {
    const day = ZonedTime.of(zone).dayOf(Date.parse(now));
    const date = new Date(day * 86_400_000).toISOString().slice(0, 10);
    expect(end({ zone, from, to, fromDate: date, toDate: date }, now)).toBe(expected);
  });

  it('begins and ends where Temporal says, near each change of the clock', () => {
    const quarters = fc.integer({ min: 0, max: 95 });
    const change = fc.constantFrom(
      ['Europe/Berlin', '2026-03-29'],
      ['Europe/Berlin', '2026-10-25'],
      ['America/New_York', '2026-03-08'],
      ['America/New_York', '2026-11-01'],
      ['Australia/Lord_Howe', '2026-04-05'],
      ['Australia/Lord_Howe', '2026-10-04'],
    );
    fc.assert(
      fc.property(
        change,
        fc.integer({ min: -2, max: 2 }),
        quarters,
        quarters,
        ([zone = '', date = ''], days, one, two) => {
          fc.pre(one !== two);
          const day = Temporal.PlainDate.from(date).add({ days });
          const [from, to] = [one, two].map((quarter) =>
            Temporal.PlainTime.from('00:00').add({ minutes: quarter * 15 }),
          );
          const [start, last] = [
            day.toZonedDateTime({ timeZone: zone, plainTime: from }),
            day.add({ days: two < one ? 1 : 0 }).toZonedDateTime({ timeZone: zone, plainTime: to }),
          ].map((time) => time.epochMilliseconds);
          const [window] = windows({
            from: from?.toString().slice(0, 5),
            to: to?.toString().slice(0, 5),
            zone,
            fromDate: day.toString(),
            toDate: day.toString(),
          });
          // A window within a skipped hour is empty.
          if (start === undefined || last === undefined || last <= start) return;
          expect([start - 1, start, last - 1, last].map((at) => window?.endOf(at))).toEqual([
            undefined,
            last,
            last,
            undefined,
          ]);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('does not depend on what was asked before, after 32 windows that follow each other', () => {
    const overlapping = windows([
      { from: '00:00', to: '06:00', zone: 'UTC' },
      { from: '06:00', to: '12:00', zone: 'UTC' },
      { from: '12:00', to: '18:00', zone: 'UTC' },
      { from: '18:00', to: '24:00', zone: 'UTC' },
      { from: '03:00', to: '13:00', zone: 'UTC' },
    ]);
    const asked = ['2026-11-25T02:00Z', '2026-11-25T04:00Z'].map((now) => endOfWindows(overlapping, Date.parse(now)));
    expect(asked).toEqual([Date.parse('2026-12-03T00:00Z'), Date.parse('2026-12-03T06:00Z')]);
  });

  it('is found by a naive search over the minutes of each day', () => {
    const time = fc.integer({ min: 0, max: 95 }).map((quarter) => {
      const two = (part: number): string => String(part).padStart(2, '0');
      return `${two(Math.floor(quarter / 4))}:${two((quarter % 4) * 15)}`;
    });
    const zone = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC');
    const near = fc
      .constantFrom(
        '2026-03-29T01:00Z',
        '2026-10-25T01:00Z',
        '2026-03-08T07:00Z',
        '2026-11-01T06:00Z',
        '2026-04-04T15:00Z',
        '2026-10-03T15:30Z',
      )
      .chain((change) => fc.integer({ min: -1440, max: 1440 }).map((minutes) => Date.parse(change) + minutes * 60_000));
    fc.assert(
      fc.property(time, time, zone, near, (from, to, name, now) => {
        fc.pre(from !== to);
        const [window] = windows({ from, to, zone: name });
        if (window === undefined) throw new Error('There is one window.');
        const today = window.dayOf(now);
        const spans = [today - 2, today - 1, today, today + 1].map((day) => window.on(day));
        const span = spans.find((one) => one !== undefined && one.start <= now && now < one.end);
        expect(window.endOf(now) !== undefined).toBe(span !== undefined);
      }),
      { numRuns: 500 },
    );
  });
});
