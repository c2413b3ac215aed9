import { isBan, merged, type NewRevocation, type Revocation, type RevocationScope, scopeKey } from './revocation.js';
import { RevocationLog } from './revocation.log.js';

/** Revocations of one process. A restart forgets them. */
export class LocalRevocationLog extends RevocationLog {
  private last = 0;

  override get revision(): number {
    return this.last;
  }

  override add(added: NewRevocation): Promise<Revocation> {
    this.last += 1;
    const known = this.index.of(scopeKey(added.scope));
    const revocation: Revocation = { ...merged(added, known), revision: this.last, at: Date.now() };
    this.index.set(revocation);
    return Promise.resolve(revocation);
  }

  override lift(scope: RevocationScope): Promise<boolean> {
    const known = this.index.of(scopeKey(scope));
    if (known === undefined || !isBan(known)) return Promise.resolve(false);
    const { until: _until, ...lifted } = known;
    this.index.set(lifted);
    return Promise.resolve(true);
  }

  override refresh(): Promise<void> {
    return Promise.resolve();
  }
}
