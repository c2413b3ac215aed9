import type { JoinRule } from '../rules/join-rule.js';
import { JoinRuleIndex } from '../rules/join-rule.index.js';
import type { ParsedRules } from '../rules/join-rules.parser.js';

import { CriticalTimes } from './critical-times.js';
import type { Finding } from './finding.js';
import { reachOf } from './room-access.js';
import { ruleKey } from './rule-effect.js';
import { similarClaims } from './similar-claims.js';

/** What is probably not meant in rules without errors. `rooms` should be open to some caller; `now` is in milliseconds since the epoch. */
export function warningsOf(parsed: ParsedRules, rooms: readonly string[], now: number): Finding[] {
  const index = new JoinRuleIndex(parsed.rules);
  const times = new CriticalTimes(now);
  return [
    ...neverMet(parsed, index, times),
    ...similarClaims(parsed.rules).map(({ rule, path, claim, similar }): Finding => ({
      rule,
      ...parsed.positionOf(rule, ...path),
      message: `the claim ${claim} looks like a typing error of ${similar}`,
    })),
    ...rooms
      .filter((room) => parsed.rules.every((rule) => reachOf(rule, index, times, room).isReached === false))
      .map((room): Finding => ({ line: 1, column: 1, message: `no rule opens the room ${JSON.stringify(room)}` })),
  ];
}

function* neverMet(parsed: ParsedRules, index: JoinRuleIndex, times: CriticalTimes): Generator<Finding> {
  let first: ReadonlyMap<string, number> | undefined;
  for (const rule of parsed.rules) {
    const { number } = rule;
    const { isReached, obstacles } = reachOf(rule, index, times);
    if (isReached === true) continue;
    const at = (message: string): Finding => ({ rule: number, ...parsed.positionOf(number), message });
    first ??= firstOfEach(parsed.rules);
    const equal = first.get(ruleKey(rule)) ?? number;
    if (equal < number) yield at(`is equal to rule ${equal}, and never met`);
    if (equal < number || isReached === undefined) continue;
    yield at(
      obstacles.length === 0
        ? 'can never be met: its conditions exclude each other'
        : `can never be met: ${listed(obstacles.map((obstacle) => obstacle.number))} before it in all of its cases`,
    );
  }
}

/** The number of the first rule with each key. */
function firstOfEach(rules: readonly JoinRule[]): ReadonlyMap<string, number> {
  return new Map(rules.toReversed().map((rule) => [ruleKey(rule), rule.number]));
}

const MAX_LISTED = 5;

function listed(numbers: readonly number[]): string {
  if (numbers.length === 1) return `rule ${numbers[0]} is met`;
  const shown = numbers.slice(0, MAX_LISTED).join(', ');
  return `the rules ${shown}${numbers.length > MAX_LISTED ? ' and others' : ''} are met`;
}
