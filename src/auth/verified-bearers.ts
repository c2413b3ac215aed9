import { hash } from 'node:crypto';

import { LRUCache } from 'lru-cache';

/** On the monotonic clock, which corrections of the wall clock do not affect. */
export const REMEMBER_FOR_MS = 60_000;

/** About 2.5 MiB when full. Beyond it, the least recently used tokens are verified again. */
const MAX_BEARERS = 10_000;

/** Contains nothing of the token. Claims are always read from the token of the request. */
interface Verified {
  readonly forgetAt: number;
  /** On the wall clock, which `nbf` and `exp` refer to. If the clock is set back, the token may not be valid yet. */
  readonly goodFrom: number;
  readonly goodUntil: number;
}

/** Remembers for a short time which access tokens were verified, so that their signature is not verified for every request. */
export class VerifiedBearers {
  private readonly verified: LRUCache<string, Verified>;

  constructor(
    maxBearers = MAX_BEARERS,
    private readonly now = (): number => performance.now(),
  ) {
    this.verified = new LRUCache({ max: maxBearers });
  }

  get size(): number {
    return this.verified.size;
  }

  /** A hash over the whole token including the signature. No token is kept in memory. */
  static keyOf(accessToken: string): string {
    return hash('sha256', accessToken, 'base64url');
  }

  /** Whether exactly the token with this key was verified recently and is still valid. */
  knows(key: string): boolean {
    const known = this.verified.get(key);
    if (known === undefined || known.forgetAt <= this.now()) return false;
    const time = Date.now();
    return known.goodFrom <= time && time < known.goodUntil;
  }

  /** Call it for verified tokens only. Ends at `exp`, without the tolerance for clocks: after it, the token is verified each time. */
  remember(key: string, exp = 0): void {
    const goodFrom = Date.now();
    const goodUntil = exp * 1000;
    if (goodUntil <= goodFrom) return;
    this.verified.set(key, { forgetAt: this.now() + REMEMBER_FOR_MS, goodFrom, goodUntil });
  }
}
