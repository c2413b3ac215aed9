import {
  isBan,
  type NewRevocation,
  type RevocableCaller,
  type Revocation,
  type RevocationScope,
  type RevocationSubject,
  scopeKey,
  sessionOf,
} from './revocation.js';
import { RevocationIndex } from './revocation.index.js';

export interface RevocationListeners {
  /** A revocation that was made while Redis was away has been written to it. */
  readonly published?: (revocation: Revocation) => void;
  /** Redis has lost its data. */
  readonly lost?: () => void;
}

/**
 * The revocations in their order, and what they forbid. Reads are synchronous and come from a copy in the process, which other instances
 * keep current through Redis if there is one.
 */
export abstract class RevocationLog {
  protected readonly index = new RevocationIndex();
  private readonly listeners: RevocationListeners[] = [];

  /** The number of the last revocation that this process knows. What is decided from here on is not covered by it. */
  abstract get revision(): number;

  /** Stores a revocation. Resolves also while Redis is unreachable: it is written when Redis is back. */
  abstract add(revocation: NewRevocation): Promise<Revocation>;

  /** Ends the ban of the scope. Resolves with false if there is none. What was revoked stays revoked. */
  abstract lift(scope: RevocationScope): Promise<boolean>;

  /** Reads what other instances have added. Does not reject. */
  abstract refresh(): Promise<void>;

  /** The number that stands for the revision of an admission in Redis. */
  settled(_subject: RevocationSubject, revision: number): number {
    return revision;
  }

  listen(listeners: RevocationListeners): void {
    this.listeners.push(listeners);
  }

  /** The newest revocation that covers the subject and is newer than the revision. */
  covering(subject: RevocationSubject, revision = -1): Revocation | undefined {
    let newest: Revocation | undefined;
    for (const found of this.index.around(subject)) {
      if (found.revision > (newest?.revision ?? revision)) newest = found;
    }
    return newest;
  }

  /** The ban that is in force for the subject. */
  banOn(subject: RevocationSubject): Revocation | undefined {
    return this.index.around(subject).find((found) => isBan(found));
  }

  /** Whether the access token with these verified claims is revoked: that of a session that was ended, or issued before a logout. */
  revokesCaller(caller: RevocableCaller): boolean {
    if (this.index.size === 0) return false;
    const { issuer, subject, claims } = caller;
    const session = sessionOf(caller);
    if (session !== undefined && this.index.of(scopeKey({ issuer, session })) !== undefined) return true;
    const scopes: RevocationScope[] = [{ issuer, subject }];
    if (session === undefined) scopes.push({ issuer, subject, session: null });
    const { iat } = claims;
    return scopes.some((scope) => {
      const { tokensIssuedUntil } = this.index.of(scopeKey(scope)) ?? {};
      return tokensIssuedUntil !== undefined && (typeof iat !== 'number' || iat <= tokensIssuedUntil);
    });
  }

  protected published(revocation: Revocation): void {
    for (const { published } of this.listeners) published?.(revocation);
  }

  protected lost(): void {
    for (const { lost } of this.listeners) lost?.();
  }
}
