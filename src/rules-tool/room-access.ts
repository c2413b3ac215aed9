import type { JoinRule } from '../rules/join-rule.js';
import type { JoinRuleIndex } from '../rules/join-rule.index.js';
import { RoomPattern } from '../rules/room-pattern.js';

import { CaseSearch, type Verdict } from './case-search.js';
import type { CriticalTimes } from './critical-times.js';
import { areApart } from './glob.js';
import { requirementsOf } from './requirements.js';
import { SearchLimitError } from './search-limit.error.js';

/** Whether some request meets a rule before all others. */
export interface Reach {
  /** Undefined if the search was given up. */
  readonly isReached: boolean | undefined;
  /** If not reached: the rules that are met first. Empty if the rule's own conditions exclude each other. */
  readonly obstacles: readonly JoinRule[];
}

/** Whether a rule is ever the first that is met; with `room`, for that room only. */
export function reachOf(rule: JoinRule, index: JoinRuleIndex, times: CriticalTimes, room?: string): Reach {
  const judge = ({ room: name, claims, at }: { room: string; claims: object; at: number }): Verdict => {
    const first = index.find(name, claims as Record<string, unknown>, at);
    if (first === rule) return 'found';
    return first === undefined ? 'other' : { obstacle: first };
  };
  const only = room === undefined ? undefined : RoomPattern.ofName(room);
  const obstacles = new Set<JoinRule>();
  let isKnown = true;
  for (const pattern of rule.rooms) {
    if (only && areApart(pattern, only)) continue;
    const search = new CaseSearch(times, judge);
    try {
      if (search.find(requirementsOf([rule], only ? [pattern, only] : [pattern])))
        return { isReached: true, obstacles: [] };
    } catch (error) {
      if (!(error instanceof SearchLimitError)) throw error;
      isKnown = false;
    }
    for (const obstacle of search.obstacles) obstacles.add(obstacle);
  }
  const inOrder = [...obstacles].sort((one, other) => one.number - other.number);
  return { isReached: isKnown ? false : undefined, obstacles: inOrder };
}
