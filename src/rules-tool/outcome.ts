import type { RulesDecision } from '../rules/evaluate-rules.js';
import { lifetimeOf } from '../rules/evaluate-rules.js';
import { problemOf } from '../errors/problem.js';
import type { JoinTerms } from '../policy/join-terms.js';

/** A decision as it is shown. Members that do not apply are missing. */
export interface Outcome {
  readonly decision: 'allowed' | 'refused';
  /** The place in the file of the rule that decided, from 1. */
  readonly rule?: number | undefined;
  readonly name?: string | undefined;
  /** The error code of a refusal. */
  readonly code?: string;
  readonly terms?: ShownTerms;
}

/** What the token would contain, with the time when access ends. */
export interface ShownTerms {
  readonly room: string;
  readonly identity: string;
  readonly grants: JoinTerms['grants'];
  /** Seconds. */
  readonly ttl: number;
  readonly endsAt?: string;
  readonly metadata?: string | undefined;
  readonly attributes?: JoinTerms['attributes'];
  readonly roomConfig?: unknown;
}

/** `at` is the time of the decision, in milliseconds since the epoch. */
export function outcomeOf(decision: RulesDecision, at: number): Outcome {
  const { number: rule, name } = decision.rule ?? {};
  if ('refusal' in decision) return { decision: 'refused', rule, name, code: problemOf(decision.refusal, '').code };
  return { decision: 'allowed', rule, name, terms: shown(decision.terms, at) };
}

function shown(terms: JoinTerms, at: number): ShownTerms {
  const { room, identity, grants, endsAt, metadata, attributes, roomSettings, agents } = terms;
  const roomConfig = { ...roomSettings, ...(agents && { agents }) };
  return {
    room,
    identity,
    grants,
    ttl: lifetimeOf(terms, at),
    ...(endsAt !== undefined && { endsAt: new Date(endsAt).toISOString() }),
    metadata,
    attributes,
    ...(Object.keys(roomConfig).length > 0 && { roomConfig }),
  };
}

/** Such as `allowed by rule 2 (support)`. */
export function outcomeLine({ decision, rule, name, code }: Outcome): string {
  const by = rule === undefined ? ', as no rule matches' : ` by rule ${rule}${name === undefined ? '' : ` (${name})`}`;
  return `${decision}${by}${code === undefined ? '' : ` (${code})`}`;
}

/** A line for each term. */
export function termLines(terms: ShownTerms, indent: string): string {
  return Object.entries(terms)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${indent}${name.padEnd(11)}${typeof value === 'string' ? value : JSON.stringify(value)}\n`)
    .join('');
}
