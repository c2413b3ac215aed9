import { isDeepStrictEqual } from 'node:util';

import type { JoinRuleIndex } from '../rules/join-rule.index.js';

import { outcomeOf } from './outcome.js';
import { decide } from './rule-case.js';
import type { TermsSettings } from './terms-settings.js';
import type { TestCase } from './test-cases.parser.js';

/** What was expected and is otherwise. */
export interface Mismatch {
  readonly key: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

export interface TestResult {
  readonly room: string;
  /** Of the case in its file. */
  readonly line: number;
  readonly passed: boolean;
  readonly mismatches: readonly Mismatch[];
}

export function runTest(index: JoinRuleIndex, one: TestCase, settings: TermsSettings): TestResult {
  const { decision, rule, name, code, terms } = outcomeOf(decide(index, one, settings), one.at);
  const actual: Readonly<Record<string, unknown>> = {
    ...terms,
    expect: decision,
    // A rule is expected by its number or by its name.
    rule: typeof one.expected['rule'] === 'string' ? name : rule,
    code,
  };
  const mismatches = Object.entries(one.expected)
    .filter(([key, expected]) => !isDeepStrictEqual(plain(expected), plain(actual[key])))
    .map(([key, expected]) => ({ key, expected, actual: actual[key] }));
  return { room: one.room, line: one.line, passed: mismatches.length === 0, mismatches };
}

/** Without the order of keys, undefined members, and spellings of the same time. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
}
