import {
  isBan,
  keptUntil,
  keysOfScopesAround,
  type Revocation,
  type RevocationSubject,
  scopeKey,
} from './revocation.js';

/** About 30 MB when full. */
const MAX_REVOCATIONS = 100_000;

/** The revocations that a process knows: the newest of each scope, in the order in which they were learned. */
export class RevocationIndex {
  private readonly byScope = new Map<string, Revocation>();

  constructor(private readonly max = MAX_REVOCATIONS) {}

  get size(): number {
    return this.byScope.size;
  }

  get all(): Iterable<Revocation> {
    return this.byScope.values();
  }

  of(key: string): Revocation | undefined {
    const found = this.byScope.get(key);
    if (found === undefined || keptUntil(found) > Date.now()) return found;
    this.byScope.delete(key);
    return undefined;
  }

  set(revocation: Revocation): void {
    const key = scopeKey(revocation.scope);
    this.byScope.delete(key);
    this.byScope.set(key, revocation);
    if (this.byScope.size > this.max) this.shrink();
  }

  /** Those that cover the subject. */
  around(subject: RevocationSubject): Revocation[] {
    if (this.byScope.size === 0) return [];
    return keysOfScopesAround(subject)
      .map((key) => this.of(key))
      .filter((found) => found !== undefined);
  }

  /** Forgets those that cannot matter any more. */
  prune(): void {
    for (const key of this.byScope.keys()) this.of(key);
  }

  /** Forgets the oldest that is no ban; of bans alone, the oldest. */
  private shrink(): void {
    this.prune();
    if (this.byScope.size <= this.max) return;
    for (const [key, revocation] of this.byScope) {
      if (isBan(revocation)) continue;
      this.byScope.delete(key);
      return;
    }
    const [oldest = ''] = this.byScope.keys();
    this.byScope.delete(oldest);
  }
}
