import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { InvalidValueError } from '../config/value-readers.js';

import { RoomPattern } from './room-pattern.js';

const matches = (pattern: string, name: string, claims: Record<string, unknown> = {}): boolean =>
  RoomPattern.parse(pattern).matches(name, claims);

describe('RoomPattern', () => {
  it.each([
    ['lobby', 'lobby', true],
    ['lobby', 'Lobby', false],
    ['lobby', 'lobby2', false],
    ['support-*', 'support-', true],
    ['support-*', 'support-a/b\nc', true],
    ['support-*', 'my-support-1', false],
    ['*-private', 'a-private', true],
    ['*-private', 'a-private-b', false],
    ['a*b*c', 'abc', true],
    ['a*b*c', 'aXbYbZc', true],
    ['a*b*c', 'ac', false],
    ['ab*ba', 'aba', false],
    ['**', '', true],
    ['a.c', 'abc', false],
    ['[ab]?', 'a1', false],
    ['{a,b}', '{a,b}', true],
    ['$a', '$a', true],
  ])('%s on %j: %s', (pattern, name, expected) => {
    expect(matches(pattern, name)).toBe(expected);
  });

  it('agrees with a regular expression on any pattern and name', () => {
    const alphabet = fc.constantFrom('a', 'b', '*', '.', '/', '\n');
    const text = fc.string({ unit: alphabet, minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(text, text, (pattern, name) => {
        const source = pattern.replace(/[.*/]/g, (sign) => (sign === '*' ? '[^]*' : `\\${sign}`));
        return matches(pattern, name) === new RegExp(`^${source}$(?!\\n)`).test(name);
      }),
      { numRuns: 5000 },
    );
  });

  it('takes a claim literally, whatever it holds', () => {
    expect(matches('${tenant}-*', 'acme-1', { tenant: 'acme' })).toBe(true);
    for (const tenant of ['*', 'a*', '{acme,b}', '!(x)', '?cme', '[a]cme', '${other}']) {
      expect(matches('${tenant}-*', 'acme-1', { tenant, other: 'acme' })).toBe(false);
      expect(matches('${tenant}-*', `${tenant}-1`, { tenant, other: 'acme' })).toBe(true);
    }
  });

  it.each([[undefined], [null], [''], [42], [true], [['acme']], [{ a: 1 }]])(
    'lets a claim that is %j open nothing',
    (tenant) => {
      for (const name of ['acme-1', '-1', 'undefined-1', 'null-1', '42-1', 'true-1', '*-1']) {
        expect(matches('${tenant}-*', name, { tenant })).toBe(false);
      }
    },
  );

  it('knows no claims but those of the token', () => {
    expect(matches('${constructor}', 'Object')).toBe(false);
    expect(matches('${__proto__}*', 'x')).toBe(false);
  });

  it('agrees with equality for any claim', () => {
    const strange = fc.string({ unit: fc.constantFrom('a', '*', '$', '{', '}', '-'), maxLength: 6 });
    fc.assert(
      fc.property(
        strange,
        strange,
        (claim, name) => matches('${c}', name, { c: claim }) === (claim !== '' && claim === name),
      ),
    );
  });

  it.each(['', '${', '${tenant', '${}-x'])('refuses the pattern %j', (pattern) => {
    expect(() => RoomPattern.parse(pattern)).toThrow(InvalidValueError);
  });

  it('stays quick on names made to be slow', () => {
    const pattern = RoomPattern.parse('*a'.repeat(100));
    const start = process.cpuUsage();
    for (let run = 0; run < 1000; run += 1) pattern.matches('a'.repeat(99) + 'b'.repeat(157), {});
    const { user, system } = process.cpuUsage(start);
    expect(user + system).toBeLessThan(1_000_000);
  });
});
