import type { ClaimPath, Claims } from '../auth/claim-path.js';

import type { ClaimValue } from './claim-condition.js';
import { firstFailure, type JoinRule } from './join-rule.js';
import type { RoomPattern } from './room-pattern.js';

/** Rules that share a condition, in the order of the file. */
type Bucket = JoinRule[];

interface ClaimBuckets {
  readonly path: ClaimPath;
  readonly byValue: Map<ClaimValue, Bucket>;
}

/** One pattern of one rule, with the buckets that could hold it. */
interface Entry {
  readonly rule: JoinRule;
  readonly room: Bucket | undefined;
  /** One for each value of the rule's first condition. */
  readonly callers: readonly Bucket[];
}

/**
 * Finds the first matching rule without testing all of them. Each pattern of a rule is stored under its condition with the smallest
 * bucket: the room's name, the beginning of the name, or a claim of the caller.
 */
export class JoinRuleIndex {
  private readonly rooms = new Map<string, Bucket>();
  /** By the length of the beginning, then by the beginning. */
  private readonly prefixes = new Map<number, Map<string, Bucket>>();
  private readonly claims = new Map<string, ClaimBuckets>();
  private readonly others: Bucket = [];

  constructor(readonly rules: readonly JoinRule[]) {
    const entries = rules.flatMap((rule) => this.entriesOf(rule));
    const sizes = new Map<Bucket, number>();
    for (const { room, callers } of entries) {
      for (const bucket of room ? [room, ...callers] : callers) sizes.set(bucket, (sizes.get(bucket) ?? 0) + 1);
    }
    const largest = (buckets: readonly Bucket[]): number =>
      buckets.length === 0 ? Infinity : Math.max(...buckets.map((bucket) => sizes.get(bucket) ?? 0));
    for (const { rule, room, callers } of entries) {
      const byRoom = room ? [room] : [];
      const chosen = largest(byRoom) <= largest(callers) ? byRoom : callers;
      for (const bucket of chosen.length > 0 ? chosen : [this.others]) {
        if (bucket.at(-1) !== rule) bucket.push(rule);
      }
    }
  }

  /** The first rule of the file that matches. `now` is in milliseconds since the epoch. */
  find(room: string, claims: Claims, now: number): JoinRule | undefined {
    let found: JoinRule | undefined;
    for (const bucket of this.bucketsFor(room, claims)) {
      for (const rule of bucket) {
        if (found && rule.number >= found.number) break;
        if (firstFailure(rule, room, claims, now) === undefined) found = rule;
      }
    }
    return found;
  }

  private *bucketsFor(room: string, claims: Claims): Generator<Bucket> {
    const exact = this.rooms.get(room);
    if (exact) yield exact;
    for (const [length, buckets] of this.prefixes) {
      const bucket = length <= room.length ? buckets.get(room.slice(0, length)) : undefined;
      if (bucket) yield bucket;
    }
    for (const { path, byValue } of this.claims.values()) {
      for (const value of valuesOf(path.read(claims))) {
        const bucket = byValue.get(value as ClaimValue);
        if (bucket) yield bucket;
      }
    }
    yield this.others;
  }

  private entriesOf(rule: JoinRule): Entry[] {
    const [condition] = rule.callers;
    const buckets = condition && this.claimBuckets(condition.path);
    const callers = buckets ? condition.values.map((value) => bucketIn(buckets.byValue, value)) : [];
    return rule.rooms.map((pattern) => ({ rule, room: this.roomBucket(pattern), callers }));
  }

  private roomBucket({ prefix, exact }: RoomPattern): Bucket | undefined {
    if (exact) return bucketIn(this.rooms, prefix);
    if (prefix === '') return undefined;
    const buckets = this.prefixes.get(prefix.length) ?? new Map<string, Bucket>();
    this.prefixes.set(prefix.length, buckets);
    return bucketIn(buckets, prefix);
  }

  private claimBuckets(path: ClaimPath): ClaimBuckets {
    const buckets = this.claims.get(path.source) ?? { path, byValue: new Map<ClaimValue, Bucket>() };
    this.claims.set(path.source, buckets);
    return buckets;
  }
}

/** The values that a claim says, each once. */
function valuesOf(found: unknown): Iterable<unknown> {
  if (Array.isArray(found)) return new Set<unknown>(found);
  return typeof found === 'object' && found !== null ? Object.keys(found) : [found];
}

function bucketIn<Key>(buckets: Map<Key, Bucket>, key: Key): Bucket {
  const bucket = buckets.get(key) ?? [];
  buckets.set(key, bucket);
  return bucket;
}
