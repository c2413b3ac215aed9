import type { Claims } from '../auth/claim-path.js';

import { globFor, globForSome } from './glob.js';
import type { Requirements } from './requirements.js';
import { roomsBetween } from './room-search.js';
import type { PatternPart, RoomPattern } from '../rules/room-pattern.js';

const MAX_ROOMS = 12;
const MAX_VALUES = 24;

export interface DerivedValues {
  readonly byPath: ReadonlyMap<string, ReadonlySet<string>>;
  /** Whether no other values let all patterns match a room: one of them matches one name only, and all of its parts are here. */
  readonly isComplete: boolean;
}

/**
 * Values of the claims in the patterns, by path, with which all patterns match a room together: `acme` for `${tenant}-*` beside
 * `acme-*`. The `named` claims have their values already. Undefined if no room matches.
 */
export function derivedValues({ rooms, notRooms }: Requirements, named: Claims): DerivedValues | undefined {
  const values = new Map<string, Set<string>>();
  const never = notRooms.map((pattern) => globFor(pattern, named)).filter((glob) => glob !== undefined);
  let count = 0;
  let isComplete = rooms.some(({ exact }) => exact);
  for (const room of roomsBetween(
    rooms.map((pattern) => globForSome(pattern, named)),
    never,
    3,
  )) {
    for (const pattern of rooms) {
      const parts = valuesIn(pattern, room);
      if (parts.length >= MAX_VALUES) isComplete = false;
      for (const [path, text] of parts) {
        const found = values.get(path) ?? new Set<string>();
        if (found.size < MAX_VALUES) found.add(text);
        else isComplete = false;
        values.set(path, found);
      }
    }
    count += 1;
    if (count >= MAX_ROOMS) break;
  }
  return count > 0 ? { byPath: values, isComplete } : undefined;
}

/** The values that claims can have where the pattern matches the room. */
function valuesIn({ pieces }: RoomPattern, room: string): [path: string, value: string][] {
  const parts = pieces.flatMap((piece, index): (PatternPart | '*')[] => (index > 0 ? ['*', ...piece] : [...piece]));
  const found: [string, string][] = [];
  collect(parts, room, [], found);
  return found;
}

function collect(
  [part, ...others]: readonly (PatternPart | '*')[],
  rest: string,
  so: readonly [string, string][],
  found: [string, string][],
): void {
  if (found.length >= MAX_VALUES) return;
  if (part === undefined) {
    if (rest === '') found.push(...so);
  } else if (part === '*') {
    for (let length = 0; length <= rest.length; length += 1) collect(others, rest.slice(length), so, found);
  } else if ('text' in part) {
    if (rest.startsWith(part.text)) collect(others, rest.slice(part.text.length), so, found);
  } else {
    for (let length = 1; length <= rest.length; length += 1) {
      const value = rest.slice(0, length);
      collect(others, rest.slice(length), [...so, [part.claim.source, value]], found);
    }
  }
}
