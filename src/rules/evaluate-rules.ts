import { HttpException } from '@nestjs/common';

import type { Claims } from '../auth/claim-path.js';
import { ProblemException } from '../errors/problem.exception.js';
import type { JoinTerms } from '../policy/join-terms.js';

import { applyRule } from './apply-rule.js';
import type { JoinRule } from './join-rule.js';
import type { JoinRuleIndex } from './join-rule.index.js';

/** What the rules decide: the terms of the first matching rule, or a refusal. */
export type RulesDecision =
  | { readonly terms: JoinTerms; readonly rule: JoinRule }
  | { readonly refusal: HttpException; readonly rule?: JoinRule };

/**
 * First match wins; no match is ROOM_NOT_ALLOWED. `terms` are those so far; times are in milliseconds since the epoch, `admittedAt` of a
 * participant who was admitted before.
 */
export function evaluateRules(
  index: JoinRuleIndex,
  terms: JoinTerms,
  claims: Claims,
  now: number,
  admittedAt?: number,
): RulesDecision {
  const rule = index.find(terms.room, claims, now);
  if (rule === undefined) return { refusal: new ProblemException('ROOM_NOT_ALLOWED') };
  try {
    return { terms: applyRule(rule, terms, claims, now, admittedAt), rule };
  } catch (error) {
    if (!(error instanceof HttpException)) throw error;
    return { refusal: error, rule };
  }
}

/**
 * Whether two decisions are the same for the participant at this time, in milliseconds since the epoch. Which rule decided does not
 * count, nor does a `ttl` beyond the end of access, which no token outlives.
 */
export function isSameDecision(one: RulesDecision, other: RulesDecision, now: number): boolean {
  return comparable(one, now) === comparable(other, now);
}

function comparable(decision: RulesDecision, now: number): string {
  if ('refusal' in decision) return 'refused';
  const { rule: _rule, ruleName: _name, ...terms } = decision.terms;
  return JSON.stringify(sorted({ ...terms, ttl: lifetimeOf(terms, now) }));
}

/** The lifetime of a token of these terms that is signed at this time, in seconds. */
export function lifetimeOf({ ttl, endsAt = Infinity }: Pick<JoinTerms, 'ttl' | 'endsAt'>, now: number): number {
  return Math.min(ttl, Math.floor((endsAt - now) / 1000));
}

/** With the keys of all objects in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(
    entries.sort(([one], [other]) => (one < other ? -1 : 1)).map(([key, member]) => [key, sorted(member)]),
  );
}
