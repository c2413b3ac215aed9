import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { InvalidValueError } from '../config/value-readers.js';

import type { Claims } from './claim-path.js';
import { ClaimTemplate } from './claim-template.js';

const expand = (source: string, claims: Claims): unknown => ClaimTemplate.parse(source).expand(claims);
const text = (value: string): unknown => ({ kind: 'text', text: value });

describe('ClaimTemplate', () => {
  it.each([
    ['staff:${sub}', 'staff:'],
    ['${sub}', ''],
    ['guest', 'guest'],
    ['', ''],
  ])('%j begins with %j', (source, prefix) => {
    expect(ClaimTemplate.parse(source).literalPrefix).toBe(prefix);
  });

  it('puts claims into the text, literally', () => {
    const claims = {
      sub: 'u',
      tenant: 'acme',
      groups: ['first'],
      access: { 'my.client': { team: 'red' } },
      odd: '${sub}*$&',
    };
    expect(expand('staff:${sub}', claims)).toEqual(text('staff:u'));
    expect(expand('${tenant}:${sub}!', claims)).toEqual(text('acme:u!'));
    expect(expand('team-${groups[0]}', claims)).toEqual(text('team-first'));
    expect(expand('${access[my.client].team}', claims)).toEqual(text('red'));
    expect(expand('<${odd}>', claims)).toEqual(text('<${sub}*$&>'));
    expect(expand('host $ {sub}', claims)).toEqual(text('host $ {sub}'));
  });

  it.each([[undefined], [null], [''], [42], [true], [['u']], [{ a: 1 }]])(
    'takes a claim that is %j for missing',
    (tenant) => {
      expect(expand('${tenant}:${sub}', { tenant, sub: 'u' })).toEqual({ kind: 'missing', claim: 'tenant' });
      expect(ClaimTemplate.parse('${tenant}').display({ tenant })).toBeUndefined();
    },
  );

  it.each([
    ['${tenant}:${sub}', { tenant: 'a:b', sub: 'u' }, 'tenant'],
    ['${tenant}:${sub}', { tenant: 'a', sub: 'b:u' }, 'sub'],
    ['${tenant}--${sub}', { tenant: 'a-', sub: 'u' }, 'tenant'],
    ['${a}.${b}/${c}', { a: 'x/y', b: 'u', c: 'v' }, 'a'],
  ])('%s is ambiguous for %j', (source, claims, claim) => {
    expect(expand(source, claims)).toEqual({ kind: 'ambiguous', claim });
  });

  it('takes any non-empty value where it holds one claim alone', () => {
    expect(expand('a:${sub}:b', { sub: ':a:b:' })).toEqual(text('a::a:b::b'));
  });

  it('displays what is ambiguous as an identity', () => {
    expect(ClaimTemplate.parse('${first} ${last}').display({ first: 'Mary Ann', last: 'Lee' })).toBe('Mary Ann Lee');
  });

  it('displays no ill-formed Unicode', () => {
    expect(ClaimTemplate.parse('a ${sub}').display({ sub: 'u\ud800' })).toBeUndefined();
  });

  it('has a literal text, without the claims', () => {
    expect(ClaimTemplate.parse('a:${b}-${c}!').literalText).toBe('a:-!');
  });

  it.each(['${', '${sub', '${}', 'a-${b..c}', '${a}${b}'])('refuses %j', (source) => {
    expect(() => ClaimTemplate.parse(source)).toThrow(InvalidValueError);
  });

  it('never gives different callers the same text', () => {
    const values = ['a', '-', 'a-', '-a', '--', 'aa', 'a-a', '-a-', 'a--', '--a', '-aa', 'aa-'];
    const edge = fc.string({ unit: fc.constantFrom('a', '-'), maxLength: 2 });
    const separator = fc.string({ unit: fc.constantFrom('a', '-', ':'), minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(edge, separator, separator, edge, (before, first, second, after) => {
        const template = ClaimTemplate.parse(`${before}\${x}${first}\${y}${second}\${z}${after}`);
        const callers = new Map<string, string>();
        for (const [x, y, z] of values.flatMap((a) => values.flatMap((b) => values.map((c) => [a, b, c])))) {
          const expanded = template.expand({ x, y, z });
          if (expanded.kind !== 'text') continue;
          const caller = JSON.stringify([x, y, z]);
          if (callers.has(expanded.text)) throw new Error(`${caller} and ${callers.get(expanded.text)} are one`);
          callers.set(expanded.text, caller);
        }
      }),
      {
        numRuns: 100,
        examples: [
          ['', '--', ':', ''],
          ['', '-a', 'a-a', ''],
          ['a', '-', '-', 'a'],
        ],
      },
    );
  });
});
