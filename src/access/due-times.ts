import type { Claim } from './admission.store.js';

/** When participants have to be examined. Times are in milliseconds since the epoch. */
export class DueTimes {
  /** A claim is the time until when it lasts. */
  private readonly times = new Map<string, number>();
  /** Those whose time has come, so that a claim does not search all of them. */
  private readonly ready = new Set<string>();
  /** Of those who are not ready. */
  private earliest = Infinity;

  /** Keeps an earlier time. */
  set(key: string, at: number): void {
    if ((this.times.get(key) ?? Infinity) <= at) return;
    this.times.set(key, at);
    if (at <= Date.now()) this.ready.add(key);
    else this.earliest = Math.min(this.earliest, at);
  }

  /** Claims some of those whose time has come, for so many milliseconds. */
  claim(limit: number, lastsMs: number): readonly Claim[] {
    const now = Date.now();
    if (now >= this.earliest) this.gather(now);
    const until = now + lastsMs;
    const claims: Claim[] = [];
    for (const key of this.ready) {
      if (claims.length === limit) break;
      this.ready.delete(key);
      this.times.set(key, until);
      claims.push({ key, until });
    }
    if (claims.length > 0) this.earliest = Math.min(this.earliest, until);
    return claims;
  }

  /** Ends a claim, unless the participant has become due again meanwhile. */
  end({ key, until }: Claim): void {
    if (this.times.get(key) === until) this.times.delete(key);
  }

  private gather(now: number): void {
    this.earliest = Infinity;
    for (const [key, at] of this.times) {
      if (at <= now) this.ready.add(key);
      else this.earliest = Math.min(this.earliest, at);
    }
  }
}
