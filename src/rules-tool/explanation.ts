import { claimSays } from '../auth/claim-path.js';
import { type ClaimCondition, holds } from '../rules/claim-condition.js';
import { type Condition, firstFailure, type JoinRule } from '../rules/join-rule.js';

import type { RuleCase } from './rule-case.js';
import { valuesInWords, windowInWords } from './rule-in-words.js';

/** Whether a rule is met by a request, and if not, why. */
export interface RuleExplanation {
  readonly number: number;
  readonly name?: string | undefined;
  readonly met: boolean;
  /** The first condition that does not hold. */
  readonly failed?: Condition;
  readonly detail?: string;
}

/** `withValues`: whether the detail may contain values of claims of the caller. */
export function explainRule(rule: JoinRule, found: RuleCase, withValues: boolean): RuleExplanation {
  const { number, name } = rule;
  const failed = firstFailure(rule, found.room, found.claims, found.at);
  if (failed === undefined) return { number, name, met: true };
  return { number, name, met: false, failed, detail: DETAILS[failed](rule, found, withValues) };
}

const DETAILS: Record<Condition, (rule: JoinRule, found: RuleCase, withValues: boolean) => string> = {
  rooms({ rooms }, { room, claims }, withValues) {
    const paths = rooms.flatMap(({ pieces }) => pieces.flat().flatMap((part) => ('claim' in part ? [part.claim] : [])));
    const read = [...new Map(paths.map((path) => [path.source, path])).values()].map((path) => {
      const value = path.read(claims);
      return `${path.source} ${withValues || value === undefined ? `is ${inWords(value)}` : 'does not fit'}`;
    });
    const patterns = rooms.map(({ source }) => JSON.stringify(source)).join(', ');
    return [`${JSON.stringify(room)} does not match ${patterns}`, ...read].join('; ');
  },
  callers({ callers }, { claims }, withValues) {
    const failing = callers.find((condition) => !holds(condition, claims));
    if (failing === undefined) return '';
    const value = failing.path.read(claims);
    const { source } = failing.path;
    const required = valuesInWords(failing.values);
    if (value === undefined) return `${source} is missing, and must say ${required}`;
    return withValues
      ? `${source} is ${inWords(value)}, and must say ${required}`
      : `${source} does not say ${required}`;
  },
  except({ except }, { claims }, withValues) {
    const excluding = except.find((condition) => holds(condition, claims));
    if (excluding === undefined) return '';
    const value = excluding.path.read(claims);
    const { source } = excluding.path;
    const excluded = valuesInWords(saidBy(excluding, value));
    return withValues
      ? `${source} is ${inWords(value)}, and must not say ${excluded}`
      : `${source} says an excluded value`;
  },
  when({ when }, { at }) {
    return `${new Date(at).toISOString()} is outside of ${when.map(windowInWords).join(' and ')}`;
  },
};

const saidBy = ({ values }: ClaimCondition, found: unknown): ClaimCondition['values'] =>
  values.filter((value) => claimSays(found, value));

/** Values of tokens can be long; the beginning tells enough. */
const MAX_LENGTH = 200;

function inWords(value: unknown): string {
  if (value === undefined) return 'missing';
  const text = JSON.stringify(value);
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}...` : text;
}
