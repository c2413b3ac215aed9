import type { Claims } from '../auth/claim-path.js';
import { claimSays } from '../auth/claim-path.js';
import type { ClaimValue } from '../rules/claim-condition.js';
import type { RoomPattern } from '../rules/room-pattern.js';

import type { Requirements } from './requirements.js';
import { SearchLimitError } from './search-limit.error.js';
import { unusedCharacter } from './unused-character.js';

/** The identity of a verified caller: every access token has it. */
const SUBJECT = 'sub';

const MAX_CHOICES = 1_000;

/** What is required of one claim. */
interface Wanted {
  readonly says: (readonly ClaimValue[])[];
  readonly saysNot: Set<ClaimValue>;
  isText: boolean;
}

/**
 * Claims with which the requirements on claims hold, each claim under its whole path. Lists suffice for all conditions, so only what
 * a template reads has several choices: the values that conditions name, of which `named` are chosen already, a value that no condition
 * and no pattern names, and `derived` ones. `literals` is text that the new values must not contain characters of. Throws a {@link SearchLimitError} if there are more.
 */
export function* claimChoices(
  requirements: Requirements,
  named: Claims,
  derived: ReadonlyMap<string, ReadonlySet<string>>,
  literals: string,
): Generator<Claims> {
  const fixed: Record<string, unknown> = {};
  const open: (readonly [path: string, values: readonly string[]])[] = [];
  const used = new Set(literals + literalsOf(requirements));
  for (const [path, wanted] of wantedOf(requirements)) {
    if (wanted.isText) {
      const fresh = unusedCharacter(used);
      used.add(fresh);
      const values = Object.hasOwn(named, path)
        ? [String(named[path])]
        : textsFor(wanted, [fresh, ...(derived.get(path) ?? [])]);
      if (values.length === 0) return;
      open.push([path, values]);
    } else {
      const value = listFor(wanted);
      if (value === undefined) return;
      // A claim inside of another one must not be found there either.
      fixed[path] = value.length > 0 ? inPlainForm(value) : null;
    }
  }
  for (const texts of combinations(open)) yield { ...fixed, ...texts };
}

/** Each combination of the values that conditions name for claims in the patterns of rooms. */
export function* namedChoices(requirements: Requirements): Generator<Claims> {
  const open: (readonly [path: string, values: readonly string[]])[] = [];
  const inRooms = new Set(requirements.rooms.flatMap(claimsIn));
  for (const [path, wanted] of wantedOf(requirements)) {
    if (inRooms.has(path) && wanted.says.length > 0) open.push([path, textsFor(wanted, [])]);
  }
  yield* combinations(open);
}

function* combinations(open: readonly (readonly [path: string, values: readonly string[]])[]): Generator<Claims> {
  const count = open.reduce((product, [, values]) => product * values.length, 1);
  for (let choice = 0; choice < Math.min(count, MAX_CHOICES); choice += 1) {
    let rest = choice;
    const claims: Record<string, unknown> = {};
    for (const [path, values] of open) {
      claims[path] = values[rest % values.length];
      rest = Math.floor(rest / values.length);
    }
    yield claims;
  }
  if (count > MAX_CHOICES) throw new SearchLimitError();
}

function wantedOf({ says, saysNot, rooms, texts }: Requirements): ReadonlyMap<string, Wanted> {
  const found = new Map<string, Wanted>();
  const at = (path: string): Wanted => {
    const wanted = found.get(path) ?? { says: [], saysNot: new Set<ClaimValue>(), isText: false };
    found.set(path, wanted);
    return wanted;
  };
  for (const path of [SUBJECT, ...texts, ...rooms.flatMap(claimsIn)]) at(path).isText = true;
  for (const { path, values } of says) at(path.source).says.push(values);
  for (const { path, values } of saysNot) for (const value of values) at(path.source).saysNot.add(value);
  return found;
}

/** The paths of the claims in a pattern. */
export function claimsIn({ pieces }: RoomPattern): string[] {
  return pieces.flat().flatMap((part) => ('claim' in part ? [part.claim.source] : []));
}

function textsFor({ says, saysNot }: Wanted, others: readonly string[]): readonly string[] {
  const [named] = says;
  const candidates = named
    ? named.filter((value): value is string => typeof value === 'string' && value !== '')
    : others;
  return [...new Set(candidates)].filter(
    (text) => says.every((values) => values.includes(text)) && ![...saysNot].some((value) => claimSays(text, value)),
  );
}

/** A list that says one value of each; undefined if there is none. */
function listFor({ says, saysNot }: Wanted): ClaimValue[] | undefined {
  const list: ClaimValue[] = [];
  for (const values of says) {
    if (values.some((value) => list.includes(value))) continue;
    const value = values.find((one) => !saysNot.has(one));
    if (value === undefined) return undefined;
    list.push(value);
  }
  return list;
}

/** Numbers and booleans are rarely in lists. A string stays in one, where no template reads it. */
function inPlainForm(list: readonly ClaimValue[]): unknown {
  const [value] = list;
  return list.length === 1 && typeof value !== 'string' ? value : list;
}

function literalsOf({ rooms, notRooms, says, saysNot }: Requirements): string {
  const patterns = [...rooms, ...notRooms].map(({ source }) => source);
  return [...patterns, ...[...says, ...saysNot].flatMap(({ values }) => values.map(String))].join('');
}
