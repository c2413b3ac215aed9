import type { Claims } from '../auth/claim-path.js';
import { isFitName } from '../livekit/names.js';
import type { JoinRule } from '../rules/join-rule.js';
import type { RoomPattern } from '../rules/room-pattern.js';

import { claimChoices, claimsIn, namedChoices } from './claim-choices.js';
import type { CriticalTimes } from './critical-times.js';
import { type DerivedValues, derivedValues } from './derived-values.js';
import { ANY, type Glob, globFor, globForSome, type Token } from './glob.js';
import { keyOf, type Requirements, without } from './requirements.js';
import { roomsBetween } from './room-search.js';
import type { RuleCase } from './rule-case.js';
import { SearchLimitError } from './search-limit.error.js';

const MAX_STEPS = 4_000;

/** `{ obstacle }`: not what is searched for, because this rule is met. */
export type Verdict = 'found' | 'other' | { readonly obstacle: JoinRule };

export interface SearchOptions {
  /** Text that new values of claims must not contain characters of. */
  readonly literals?: string;
  /** Seconds before the end of a window that matter; undefined if the verdict does not depend on the time. */
  readonly beforeEnd?: readonly number[];
}

/**
 * Finds a request that meets requirements and a verdict. It tries the simplest request; where a rule is in the way, it searches on
 * in every way in which that rule is not met. So it misses no request, and looks only at rules that are in the way.
 */
export class CaseSearch {
  /** The rules that were in the way. */
  readonly obstacles = new Set<JoinRule>();
  private readonly tried = new Set<string>();
  private steps = 0;
  /** Whether values of claims were tried of which there are more. */
  private isPartial = false;

  constructor(
    private readonly times: CriticalTimes,
    private readonly judge: (found: RuleCase) => Verdict,
    private readonly options: SearchOptions = {},
  ) {}

  /** Undefined if there is none. Throws a {@link SearchLimitError} if that is not known. */
  find(requirements: Requirements): RuleCase | undefined {
    const found = this.search(requirements);
    if (found === undefined && this.isPartial) throw new SearchLimitError();
    return found;
  }

  private search(requirements: Requirements): RuleCase | undefined {
    this.steps += 1;
    if (this.steps > MAX_STEPS) throw new SearchLimitError();

    let obstacle: JoinRule | undefined;
    for (const candidate of this.candidates(requirements)) {
      const verdict = this.judge(candidate);
      if (verdict === 'found') return candidate;
      if (verdict !== 'other') {
        obstacle = verdict.obstacle;
        break;
      }
    }
    if (obstacle === undefined) return undefined;
    this.obstacles.add(obstacle);
    for (const narrower of without(obstacle, requirements)) {
      const key = keyOf(narrower);
      if (this.tried.has(key)) continue;
      this.tried.add(key);
      const found = this.search(narrower);
      if (found) return found;
    }
    return undefined;
  }

  private *candidates(requirements: Requirements): Generator<RuleCase> {
    const { beforeEnd } = this.options;
    for (const [claims, room] of this.claimsAndRooms(requirements)) {
      const { within, outside } = requirements;
      if (beforeEnd) {
        for (const at of this.times.remaining(within, outside, beforeEnd)) yield { room, claims, at };
      } else {
        const [at] = this.times.between(within, outside);
        if (at !== undefined) yield { room, claims, at };
      }
    }
  }

  private *claimsAndRooms(requirements: Requirements): Generator<[Claims, string]> {
    // Only several patterns together can require a value of a claim that no condition names.
    const isDerived =
      requirements.rooms.length > 1 && requirements.rooms.some((pattern) => claimsIn(pattern).length > 0);
    for (const named of isDerived ? namedChoices(requirements) : [{}]) {
      const derived = isDerived ? derivedValues(requirements, named) : NONE_DERIVED;
      if (derived === undefined) continue;
      let [tried, found] = [0, 0];
      for (const claims of claimChoices(requirements, named, derived.byPath, this.options.literals ?? '')) {
        tried += 1;
        const [room] = roomsFor(requirements, claims);
        if (room === undefined) continue;
        found += 1;
        yield [claims, room];
      }
      if (!derived.isComplete && tried > 0 && found === 0 && mayHaveRoom(requirements, named)) this.isPartial = true;
    }
  }
}

const NONE_DERIVED: DerivedValues = { byPath: new Map(), isComplete: true };

function* roomsFor({ rooms, notRooms }: Requirements, claims: Claims): Generator<string> {
  const positive = globsFor(rooms, claims);
  if (positive.length < rooms.length) return;
  const [only] = positive;
  if (only && positive.length === 1 && notRooms.length === 0) {
    const shortest = String.fromCodePoint(...only.filter((token) => token >= 0));
    if (isFitName(shortest)) yield shortest;
  }
  yield* roomsBetween(positive, globsFor(notRooms, claims));
}

/**
 * Whether there could be a room with other values of claims than the `named` ones. There is none if `notRooms` match all that a pattern
 * matches, whatever the value of a claim in both; if one pattern asks for longer names than another; or if the patterns have no room
 * together even if each claim had several values.
 */
function mayHaveRoom({ rooms, notRooms }: Requirements, named: Claims): boolean {
  const paths = [...new Set(rooms.flatMap(claimsIn))];
  // Characters for private use stand for any value.
  const symbols = paths.map((path, index) => [path, String.fromCodePoint(0xe0_00 + index)]);
  const claims = { ...Object.fromEntries(symbols), ...named } as Claims;
  const never = globsFor(notRooms, claims);
  const globs = globsFor(rooms, claims);
  if (globs.some((glob) => isEmpty(roomsBetween([glob], never)))) return false;
  if (globs.some((one) => globs.some((other) => isLonger(one, other)))) return false;
  const some = rooms.map((pattern) => globForSome(pattern, named));
  return !isEmpty(roomsBetween(some, globsFor(notRooms, named)));
}

/** Whether each name that `one` matches is longer than the only one that `other` matches, whatever the values of claims. */
function isLonger(one: Glob, other: Glob): boolean {
  if (other.includes(ANY) || one.filter((token) => token >= 0).length <= other.length) return false;
  const count = (glob: Glob, symbol: Token): number => glob.filter((token) => token === symbol).length;
  return other.filter((token) => token >= 0xe0_00).every((symbol) => count(one, symbol) >= count(other, symbol));
}

/** Of the patterns that match anything for a caller with these claims. */
function globsFor(patterns: readonly RoomPattern[], claims: Claims): Glob[] {
  return patterns.map((pattern) => globFor(pattern, claims)).filter((glob) => glob !== undefined);
}

const isEmpty = (rooms: Generator<string>): boolean => rooms.next().done === true;
