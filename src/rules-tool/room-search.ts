import { isFitName } from '../livekit/names.js';

import { ANY, type Glob, literal, ONE, type Token } from './glob.js';
import { SearchLimitError } from './search-limit.error.js';
import { unusedCharacter } from './unused-character.js';

const MAX_STATES = 20_000;
const MAX_LENGTH = 256;

/** How far each pattern has come: the places of its tokens that may be next. Empty: it cannot match any more. */
type Places = readonly number[];

interface State {
  readonly places: readonly Places[];
  readonly name: string;
}

/**
 * Finds names that match all of `positive` and none of `negative`, the shortest first, by running all patterns as automata side by
 * side: at least one if there is any, and up to `variety` names for each state of the automata. Throws a {@link SearchLimitError}.
 */
export function* roomsBetween(
  positive: readonly Glob[],
  negative: readonly Glob[],
  variety: number = 1,
): Generator<string> {
  const globs = [...positive, ...negative];
  const isPositive = (index: number): boolean => index < positive.length;
  const named = globs.flat().filter((token) => token >= 0);
  const [other = 0] = literal(unusedCharacter(new Set(named.map((token) => String.fromCodePoint(token)))));
  const seen = new Map<string, number>();
  let states: State[] = [{ places: globs.map((glob) => closed(glob, [0])), name: '' }];
  for (let length = 0; length <= MAX_LENGTH && states.length > 0; length += 1) {
    const next: State[] = [];
    for (const { places, name } of states) {
      const matches = globs.every((glob, index) => (places[index] ?? []).includes(glob.length) === isPositive(index));
      if (matches && isFitName(name)) yield name;
      for (const symbol of symbolsAt(globs, places, other)) {
        const after = globs.map((glob, index) => step(glob, places[index] ?? [], symbol));
        if (after.some((found, index) => isPositive(index) && found.length === 0)) continue;
        const longer = name + String.fromCodePoint(symbol);
        const key = `${longer.trim() === ''} ${after.join(' ')}`;
        const visits = seen.get(key) ?? 0;
        if (visits >= variety) continue;
        seen.set(key, visits + 1);
        if (seen.size > MAX_STATES) throw new SearchLimitError();
        next.push({ places: after, name: longer });
      }
    }
    states = next;
  }
}

/** The characters that differ for some pattern, and one that stands for all others. */
function symbolsAt(globs: readonly Glob[], places: readonly Places[], other: Token): ReadonlySet<Token> {
  const symbols = globs.flatMap((glob, index) => (places[index] ?? []).map((place) => glob[place] ?? ANY));
  return new Set([...symbols.filter((token) => token >= 0), other]);
}

function step(glob: Glob, places: Places, symbol: Token): Places {
  const next: number[] = [];
  for (const place of places) {
    const token = glob[place];
    if (token === ANY) next.push(place);
    else if (token === ONE || token === symbol) next.push(place + 1);
  }
  return closed(glob, next);
}

/** Adds the places behind a star. A place before the last star that was reached can add nothing. */
function closed(glob: Glob, places: Places): Places {
  const all = new Set(places);
  for (const place of all) if (glob[place] === ANY) all.add(place + 1);
  const sorted = [...all].sort((one, two) => one - two);
  const star = sorted.findLastIndex((place) => glob[place] === ANY);
  return star > 0 ? sorted.slice(star) : sorted;
}
