import type { JoinRule } from '../rules/join-rule.js';

import { ruleKey } from './rule-effect.js';

/** The rules of each list that have no equal in the other list in the same order. */
export interface ChangedRules {
  readonly old: readonly JoinRule[];
  readonly new: readonly JoinRule[];
}

/**
 * A request that meets none of the changed rules is decided alike by both lists, since the others are equal and in the same order. So
 * every difference is a request whose first matching rule, in one of the lists, is a changed one.
 */
export function changedRules(before: readonly JoinRule[], after: readonly JoinRule[]): ChangedRules {
  const places = new Map(keysOf(after).map((key, place) => [key, place]));
  const pairs = keysOf(before).flatMap((key, place) => {
    const other = places.get(key);
    return other === undefined ? [] : [{ place, other }];
  });
  const kept = longestRise(pairs.map(({ other }) => other)).map((index) => pairs[index]);
  const keptBefore = new Set(kept.map((pair) => pair?.place));
  const keptAfter = new Set(kept.map((pair) => pair?.other));
  return {
    old: before.filter((_rule, place) => !keptBefore.has(place)),
    new: after.filter((_rule, place) => !keptAfter.has(place)),
  };
}

/** The second of two equal rules is another one. */
function keysOf(rules: readonly JoinRule[]): string[] {
  const counts = new Map<string, number>();
  return rules.map((rule) => {
    const key = ruleKey(rule);
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return `${count} ${key}`;
  });
}

/** The indexes of a longest increasing subsequence. */
function longestRise(values: readonly number[]): number[] {
  /** By length, the index of the smallest last value. */
  const tails: number[] = [];
  const previous: (number | undefined)[] = [];
  for (const [index, value] of values.entries()) {
    let [low, high] = [0, tails.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((values[tails[middle] ?? 0] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    previous[index] = tails[low - 1];
    tails[low] = index;
  }
  const rise: number[] = [];
  for (let index = tails.at(-1); index !== undefined; index = previous[index]) rise.push(index);
  return rise.toReversed();
}
