import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { firstFailure, type JoinRule } from './join-rule.js';
import { JoinRuleIndex } from './join-rule.index.js';
import { parseJoinRules } from './join-rules.parser.js';

const rulesOf = (rules: unknown[]): readonly JoinRule[] => parseJoinRules(JSON.stringify(rules)).rules;

describe('JoinRuleIndex', () => {
  it('finds the rule that a look at all of them, one after the other, finds', () => {
    const pattern = fc.constantFrom('a', 'b', 'ab', 'a*', 'ab*', '*b', '*', 'a*b', '${t}', '${t}-*', 'a-${t}');
    const claim = fc.constantFrom('a', 'b', '*', '');
    const rule = fc.record(
      {
        rooms: fc.array(pattern, { minLength: 1, maxLength: 3 }),
        callers: fc.dictionary(fc.constantFrom('g', 't', 'o.a'), fc.oneof(claim, fc.array(claim, { minLength: 1 })), {
          minKeys: 1,
        }),
        except: fc.dictionary(fc.constantFrom('g', 't'), claim, { minKeys: 1 }),
      },
      { requiredKeys: ['rooms'] },
    );
    const claims = fc.record(
      {
        g: fc.oneof(claim, fc.array(claim), fc.dictionary(claim, fc.boolean())),
        t: fc.oneof(claim, fc.array(claim)),
        o: fc.record({ a: fc.oneof(claim, fc.array(claim)) }),
      },
      { requiredKeys: [] },
    );
    const room = fc.string({ unit: fc.constantFrom('a', 'b', '-', '*'), minLength: 1, maxLength: 4 });
    // Parsed once: parsing YAML takes longer than all the looks.
    const pool = rulesOf(fc.sample(rule, 1000));
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...pool), { minLength: 1, maxLength: 12 }),
        room,
        claims,
        (some, name, said) => {
          const rules = some.map((one, index) => ({ ...one, number: index + 1 }));
          const naive = rules.find((candidate) => firstFailure(candidate, name, said, 0) === undefined);
          expect(new JoinRuleIndex(rules).find(name, said, 0)).toBe(naive);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it.each([
    ['by room', (n: number) => ({ rooms: [`room-${n}`] }), 'room-4999', {}],
    ['by prefix', (n: number) => ({ rooms: [`team-${n}-*`] }), 'team-4999-x', {}],
    ['by caller', (n: number) => ({ rooms: ['*'], callers: { groups: `g${n}` } }), 'any', { groups: ['x', 'g4999'] }],
    [
      'by caller behind a prefix of all',
      (n: number) => ({ rooms: ['r-*'], callers: { sub: `u${n}` } }),
      'r-1',
      { sub: 'u4999' },
    ],
  ])('looks at few of 5,000 rules told apart %s', (_how, make, room, claims) => {
    const rules = rulesOf(Array.from({ length: 5000 }, (_, n) => make(n)));
    let looks = 0;
    const counted = rules.map((rule) => ({
      ...rule,
      get rooms() {
        looks += 1;
        return rule.rooms;
      },
    }));
    const index = new JoinRuleIndex(counted);
    looks = 0;
    expect(index.find(room, claims, 0)?.number).toBe(5000);
    expect(looks).toBeLessThan(5);
  });
});
