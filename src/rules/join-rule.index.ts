/** Finds the first rule that is met without looking at all of them: thousands of rules cost a request what a few do. */
import { type Claims, type ClaimValue, isMet, type JoinRule } from './join-rule.js';
import { ownClaim } from './room-pattern.js';

/** One pattern of one rule, filed under the condition that the fewest others share. */
interface Filed {
  readonly rule: JoinRule;
  readonly room: Shelf | undefined;
  readonly caller: Shelf | undefined;
}

/** Rules that share a condition, in the order of the file. */
type Shelf = JoinRule[];

export class JoinRuleIndex {
  /** By the whole name of a room, and by what a name begins with, by the length of that beginning. */
  private readonly rooms = new Map<string, Shelf>();
  private readonly prefixes = new Map<number, Map<string, Shelf>>();
  private readonly callers = new Map<string, Map<ClaimValue, Shelf>>();
  private readonly others: Shelf = [];

  constructor(rules: readonly JoinRule[]) {
    const filed = rules.flatMap((rule) => this.shelvesOf(rule));
    // Only now is it known which shelf of each is the emptier one; what is found there is looked at in full anyway.
    const crowds = new Map<Shelf, number>();
    for (const { room, caller } of filed) {
      for (const shelf of [room, caller]) if (shelf) crowds.set(shelf, (crowds.get(shelf) ?? 0) + 1);
    }
    const crowd = (shelf: Shelf | undefined): number => (shelf && crowds.get(shelf)) ?? Infinity;
    for (const { rule, room, caller } of filed) {
      const shelf = (crowd(room) <= crowd(caller) ? room : caller) ?? this.others;
      if (shelf.at(-1) !== rule) shelf.push(rule);
    }
  }

  /** The first rule of the file that is met. */
  find(room: string, claims: Claims): JoinRule | undefined {
    let found: JoinRule | undefined;
    for (const shelf of this.shelvesFor(room, claims)) {
      for (const rule of shelf) {
        if (found && rule.number >= found.number) break;
        if (isMet(rule, room, claims)) found = rule;
      }
    }
    return found;
  }

  private *shelvesFor(room: string, claims: Claims): Generator<Shelf> {
    const exact = this.rooms.get(room);
    if (exact) yield exact;
    for (const [length, shelves] of this.prefixes) {
      const shelf = length <= room.length ? shelves.get(room.slice(0, length)) : undefined;
      if (shelf) yield shelf;
    }
    for (const [claim, shelves] of this.callers) {
      const said = ownClaim(claims, claim);
      for (const value of Array.isArray(said) ? new Set<unknown>(said) : [said]) {
        const shelf = shelves.get(value as ClaimValue);
        if (shelf) yield shelf;
      }
    }
    yield this.others;
  }

  private shelvesOf(rule: JoinRule): Filed[] {
    const [condition] = rule.callers;
    const caller = condition && shelfIn(mapIn(this.callers, condition[0]), condition[1]);
    return rule.rooms.map(({ prefix, exact }) => {
      if (exact) return { rule, room: shelfIn(this.rooms, prefix), caller };
      const room = prefix === '' ? undefined : shelfIn(mapIn(this.prefixes, prefix.length), prefix);
      return { rule, room, caller };
    });
  }
}

function mapIn<Key, Inner>(map: Map<Key, Map<Inner, Shelf>>, key: Key): Map<Inner, Shelf> {
  const inner = map.get(key) ?? new Map<Inner, Shelf>();
  map.set(key, inner);
  return inner;
}

function shelfIn<Key>(map: Map<Key, Shelf>, key: Key): Shelf {
  const shelf = map.get(key) ?? [];
  map.set(key, shelf);
  return shelf;
}
