/** The rules and tests of docs/join-rules.md hold, and its reference has every key of the schema. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';

import { parseYaml } from '../src/config/yaml.js';
import { evaluateRules } from '../src/rules/evaluate-rules.js';
import { JoinRuleIndex } from '../src/rules/join-rule.index.js';
import { parseJoinRules } from '../src/rules/join-rules.parser.js';

const read = (path: string): string => readFileSync(join(import.meta.dirname, '..', path), 'utf8');

interface Schema {
  readonly definitions: Readonly<Record<string, { readonly properties?: object }>>;
}

interface Case {
  readonly room: string;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly at?: string;
  readonly expect: string;
  readonly rule?: string;
  readonly grants?: object;
  readonly ttl?: string;
}

const page = read('docs/join-rules.md');
const schema = JSON.parse(read('join-rules.schema.json')) as Schema;
const [rulesFile = '', testsFile = ''] = [...page.matchAll(/```yaml\n([^]*?)```/g)].map(([, block = '']) => block);

describe('docs/join-rules.md', () => {
  it('has a file that the parser and the schema accept', () => {
    expect(parseJoinRules(rulesFile).errors).toEqual([]);
    expect(new Ajv({ allowUnionTypes: true }).validate(schema, parseYaml(rulesFile))).toBe(true);
  });

  const cases = parseYaml(testsFile) as readonly Case[];
  it.each(cases.map((one, index) => [index + 1, one] as const))('has a test that holds: %d', (_number, one) => {
    const { room, claims = {}, at = '2026-11-27T12:00:00Z' } = one;
    const index = new JoinRuleIndex(parseJoinRules(rulesFile).rules);
    const terms = { room, identity: 'i', grants: {}, ttl: 600 };
    const decision = evaluateRules(index, terms, claims, Date.parse(at));
    if ('refusal' in decision) {
      expect(one.expect).toBe('refused');
      return;
    }
    const { ruleName, grants, ttl } = decision.terms;
    const decided = { expect: 'allowed', rule: ruleName, grants, ttl: `${ttl / 60}m` };
    expect(decided).toMatchObject({ expect: one.expect, ...pick(one, ['rule', 'grants', 'ttl']) });
  });

  it('excludes mallory from staff only, as the tutorial says', () => {
    const index = new JoinRuleIndex(parseJoinRules(rulesFile).rules);
    const claims = { sub: 'mallory', groups: ['staff', 'suspended'] };
    expect(index.find('support-1', claims, Date.parse('2026-11-27T12:00:00Z'))?.name).toBe('guests');
  });

  it.each(['rule', 'defaults', 'window', 'grants', 'room'])('names every key of the schema: %s', (definition) => {
    const keys = Object.keys(schema.definitions[definition]?.properties ?? {});
    expect(keys.length).toBeGreaterThan(3);
    expect(keys.filter((key) => !page.includes(`\`${key}\``))).toEqual([]);
  });
});

const pick = (one: Case, keys: readonly (keyof Case)[]): object =>
  Object.fromEntries(keys.filter((key) => one[key] !== undefined).map((key) => [key, one[key]]));
