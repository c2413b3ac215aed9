import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import * as fc from 'fast-check';

import { parseJoinRules } from './join-rules.parser.js';

const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../../join-rules.schema.json'), 'utf8')) as Record<
  string,
  unknown
>;
const validate = new Ajv({ allowUnionTypes: true }).compile(schema);

const parses = (file: unknown): boolean => parseJoinRules(JSON.stringify(file)).errors.length === 0;

const claim = fc.constantFrom('groups', 'realm_access.roles', 'a[b.c].d');
const value = fc.oneof(fc.constantFrom('staff', ''), fc.integer(), fc.boolean());
const claims = fc.dictionary(claim, fc.oneof(value, fc.array(value, { minLength: 1, maxLength: 3 })), { minKeys: 1 });
const template = fc.constantFrom('text', '${sub}', '${tenant}:${sub}', 'x${groups[0]}y');
const duration = fc.constantFrom('2m', '1h', '300s', '24h');
const window = fc.record(
  {
    zone: fc.constantFrom('UTC', 'Europe/Berlin'),
    days: fc.oneof(fc.constantFrom('mon-fri', 'sat', 'fri-mon', 'Mon,wed-thu'), fc.constant(['mon', 'sun'])),
    from: fc.constantFrom('08:00', '22:15'),
    to: fc.constantFrom('18:00', '24:00', '06:30'),
    fromDate: fc.constantFrom('2026-01-31', '2028-02-29'),
    toDate: fc.constantFrom('2028-12-31'),
  },
  { requiredKeys: ['zone'] },
);
const common = {
  except: claims,
  when: fc.oneof(window, fc.array(window, { minLength: 1, maxLength: 2 })),
  grants: fc.record(
    { canPublish: fc.constant(true), hidden: fc.boolean(), canPublishSources: fc.constant(['camera']) },
    { requiredKeys: ['hidden'] },
  ),
  ttl: duration,
  stay: duration,
  identity: fc.constantFrom('${sub}', '${tenant}:${sub}'),
  attributes: fc.dictionary(fc.constantFrom('role', 'team'), template, { minKeys: 1 }),
  metadata: template,
  room: fc.record(
    {
      maxParticipants: fc.integer({ min: 1, max: 1_000_000 }),
      emptyTimeout: duration,
      agents: fc.constant([
        { agentName: 'a', attributes: { b: 'c' } },
        { agentName: '', metadata: 'm' },
      ]),
    },
    { requiredKeys: ['maxParticipants'] },
  ),
};
const rule = fc.record(
  { rooms: fc.array(fc.constantFrom('lobby', 'a-*', '${tenant}-*'), { minLength: 1 }), callers: claims, ...common },
  { requiredKeys: ['rooms'] },
);
const rules = fc.array(rule, { minLength: 1, maxLength: 3 });
const file = fc.oneof(rules, fc.record({ defaults: fc.record(common, { requiredKeys: ['ttl'] }), rules }));

describe('join-rules.schema.json', () => {
  it('accepts what the parser accepts', () => {
    fc.assert(
      fc.property(file, (content) => {
        expect([parses(content), validate(content), validate.errors]).toEqual([true, true, null]);
      }),
      { numRuns: 500 },
    );
  });

  /** Replaces one value of the file, or adds a key to one of its maps. */
  function mutate(content: unknown, pick: number, junk: unknown): unknown {
    const copy: unknown = structuredClone(content);
    const places: (() => void)[] = [];
    const walk = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return;
      const map = node as Record<string, unknown>;
      for (const key of Object.keys(map)) {
        places.push(() => (map[key] = junk));
        walk(map[key]);
      }
      if (!Array.isArray(node)) places.push(() => (map['unknown_key'] = junk));
    };
    walk(copy);
    places[pick % places.length]?.();
    return copy;
  }

  it('rejects nothing that the parser accepts, and the parser nothing but values that a schema cannot judge', () => {
    const junk = fc.constantFrom<unknown>(null, '', 0, -1, 1.5, true, [], {}, 'nonsense', ['x'], { x: 1 }, '00:00');
    let rejected = 0;
    fc.assert(
      fc.property(file, fc.nat(), junk, (content, pick, other) => {
        const mutant = mutate(content, pick, other);
        // Zones, dates, paths, bounds of durations and relations between keys are the parser's alone.
        if (validate(mutant) === true) return;
        rejected += 1;
        const { errors } = validate;
        expect({ mutant, errors, accepted: parses(mutant) }).toEqual({ mutant, errors, accepted: false });
      }),
      { numRuns: 2_000 },
    );
    expect(rejected).toBeGreaterThan(500);
  });
});
