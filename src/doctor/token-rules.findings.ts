/** Words for what the join rules grant the bearer of an access token. */
import type { Claims } from '../auth/claim-path.js';
import { EnvironmentError } from '../config/environment.error.js';
import { isFitName } from '../livekit/names.js';
import type { JoinGrants } from '../livekit/token-terms.js';
import { type ClaimCondition, holds } from '../rules/claim-condition.js';
import type { JoinRule } from '../rules/join-rule.js';
import { loadJoinRules } from '../rules/join-rules.file.js';
import type { RoomPattern } from '../rules/room-pattern.js';

import { fault, type Finding, ok, skipped } from './finding.js';

/** More rules would hide what matters. */
const MAX_NOT_MATCHING = 10;

/** Which rules of the file would admit a caller with these claims, into which rooms. `now` is in milliseconds since the epoch. */
export function ruleFindings(file: string | undefined, claims: Claims, now: number): Finding[] {
  if (file === undefined) return [ok('JOIN_RULES_FILE is not set: the bearer may join every room.')];
  const rules = rulesOf(file);
  // The check of the rules reports what is invalid.
  if (rules === undefined) return [skipped('rules: JOIN_RULES_FILE is invalid.')];
  const admitting: Finding[] = [];
  const others: Finding[] = [];
  for (const rule of rules) {
    const obstacle = obstacleOf(rule, claims);
    if (obstacle !== undefined) others.push(skipped(`${titleOf(rule)} does not match: ${obstacle}.`));
    else admitting.push(admission(rule, claims, now));
    if (obstacle === undefined && isFinal(rule, claims)) break;
  }
  const hidden = others.length - MAX_NOT_MATCHING;
  return [
    ...(admitting.length > 0 ? admitting : [NO_RULE]),
    ...others.slice(0, MAX_NOT_MATCHING),
    ...(hidden > 0 ? [skipped(`${hidden} more rules do not match.`)] : []),
  ];
}

const NO_RULE = fault(
  'rules: no rule would let the bearer into any room (ROOM_NOT_ALLOWED).',
  'Compare the claims that the rules name with those of the token, or add a rule.',
);

function rulesOf(file: string): readonly JoinRule[] | undefined {
  try {
    return loadJoinRules('JOIN_RULES_FILE', file).index.rules;
  } catch (error) {
    if (error instanceof EnvironmentError) return undefined;
    throw error;
  }
}

const titleOf = ({ number, name }: JoinRule): string => `Rule ${number}${name === undefined ? '' : ` (${name})`}`;

/** Why the rule matches no room at any time; undefined if it can match. */
function obstacleOf({ callers, except, rooms }: JoinRule, claims: Claims): string | undefined {
  const missing = callers.filter((condition) => !holds(condition, claims));
  if (missing.length > 0) return missing.map((condition) => shortcoming(condition, claims)).join(', ');
  const excluding = except.find((condition) => holds(condition, claims));
  if (excluding !== undefined) return `except: ${excluding.path.source} has an excluded value`;
  if (!rooms.some((pattern) => unusableClaim(pattern, claims) === undefined)) {
    const names = new Set(rooms.map((pattern) => unusableClaim(pattern, claims)));
    return `${[...names].join(', ')} in the name of the room is missing, empty or no text`;
  }
  return undefined;
}

const shortcoming = ({ path }: ClaimCondition, claims: Claims): string =>
  path.read(claims) === undefined
    ? `the claim ${path.source} is missing`
    : `the claim ${path.source} has none of the required values`;

/** The path of a claim without which the pattern matches no room. */
function unusableClaim({ pieces }: RoomPattern, claims: Claims): string | undefined {
  for (const part of pieces.flat()) {
    if ('text' in part) continue;
    const value = part.claim.read(claims);
    if (typeof value !== 'string' || value === '') return part.claim.source;
  }
  return undefined;
}

function admission(rule: JoinRule, claims: Claims, now: number): Finding {
  const rooms = rule.rooms.filter((pattern) => unusableClaim(pattern, claims) === undefined);
  const where = rooms.map(({ source }) => source).join(', ');
  const title = titleOf(rule);
  const expanded = rule.identity?.expand(claims);
  if (expanded !== undefined && (expanded.kind !== 'text' || !isFitName(expanded.text))) {
    return fault(
      `${title} would refuse the bearer in ${where}: its identity ${rule.identity?.source} cannot be made of the claims (IDENTITY_AMBIGUOUS).`,
      'Use claims that the token has, and a separator that they do not contain.',
    );
  }
  return ok(`${title} would let the bearer into ${where}${timesOf(rule, now)}, with ${grantsOf(rule.grants)}.`);
}

function timesOf({ when }: JoinRule, now: number): string {
  if (when.length === 0) return '';
  const isOpen = when.some((window) => window.endOf(now) !== undefined);
  return ` at the times of when (${isOpen ? 'open now' : 'closed now'})`;
}

function grantsOf(grants: JoinGrants): string {
  const set = Object.entries(grants).map(([name, value]) => `${name}: ${[value].flat().join(' ')}`);
  return set.length === 0 ? "LiveKit's default grants" : set.join(', ');
}

/** Whether no later rule decides about any room. */
const isFinal = ({ rooms, when }: JoinRule, claims: Claims): boolean =>
  when.length === 0 && rooms.some((pattern) => pattern.matches('', claims));
