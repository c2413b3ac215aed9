/** Remembers for a short time which access tokens were verified, so that the next request with one need not wait for that. */
import { hash } from 'node:crypto';

import { LRUCache } from 'lru-cache';

/** On the monotonic clock: a wall clock that is set back does not prolong it. */
export const REMEMBER_FOR_MS = 60_000;

/** About 2.5 MiB when full. Beyond it, the tokens that were silent the longest are verified again. */
const MAX_BEARERS = 10_000;

/** Nothing of the token and of whom it names: those are read from the token that is brought. */
interface Verified {
  readonly forgetAt: number;
  /** On the wall clock, which `nbf` and `exp` speak of; one that is set back may show a time when the token was not good yet. */
  readonly goodFrom: number;
  readonly goodUntil: number;
}

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

  /** Whether exactly this token was verified a short while ago, and would be found good again. */
  knows(accessToken: string): boolean {
    const known = this.verified.get(keyOf(accessToken));
    if (known === undefined || known.forgetAt <= this.now()) return false;
    const time = Date.now();
    return known.goodFrom <= time && time < known.goodUntil;
  }

  /** To be told of a verified token alone. Ends with `exp` itself: whether a tolerance excuses it then is decided anew each time. */
  remember(accessToken: string, exp = 0): void {
    const goodFrom = Date.now();
    const goodUntil = exp * 1000;
    if (goodUntil <= goodFrom) return;
    this.verified.set(keyOf(accessToken), { forgetAt: this.now() + REMEMBER_FOR_MS, goodFrom, goodUntil });
  }
}

/** Of the whole token, signature included: whoever reads our memory finds no token in it. */
function keyOf(accessToken: string): string {
  return hash('sha256', accessToken, 'base64url');
}
