/** The issuer's signing keys: found by discovery, cached, fetched again at a bounded rate, kept while the issuer is down. */
import { Logger } from '@nestjs/common';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';

import { fetchPublishedKeys, type OidcKeySource } from './oidc.published-keys.js';

/** Milliseconds after which keys are fetched again in the background, so that a key the issuer has withdrawn does not last. */
const MAX_AGE = 10 * 60_000;
/** Between fetches for keys that we do not know: whoever makes up key ids must not make us flood the issuer. */
const COOLDOWN = 30_000;
/** The same after a fetch that failed, so that a start before the issuer's mends itself soon. */
const COOLDOWN_AFTER_FAILURE = 2_000;

export class OidcKeySet {
  private readonly logger = new Logger('OidcKeySet');
  private keys: JWTVerifyGetKey | undefined;
  private published = '';
  private fetchedAt = 0;
  private blockedUntil = 0;
  private fetching: Promise<void> | undefined;
  private failure: unknown;

  /** What was verified by the keys so far must be verified anew after `onChange`: one of them may have been withdrawn. */
  constructor(
    private readonly source: OidcKeySource,
    private readonly onChange: () => void,
  ) {}

  /** The key that a token's header names. Throws jose's JWKSNoMatchingKey, or what kept the keys from being fetched. */
  readonly keyFor: JWTVerifyGetKey = async (header, token) => {
    const keys = this.keys ?? (await this.fetchFirst());
    try {
      return await keys(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await this.fetchAgain();
      return (this.keys ?? keys)(header, token);
    }
  };

  /** Fetches old keys again in the background; to be called for every caller, also for one that needs no key. */
  renew(): void {
    if (this.keys !== undefined && Date.now() - this.fetchedAt > MAX_AGE) void this.fetchAgain().catch(() => undefined);
  }

  /** Returns if the keys are there and nothing was wrong when last asked for; asks again where it was, at the bounded rate. */
  async reach(): Promise<void> {
    if (this.keys === undefined || this.failure !== undefined) await this.fetchAgain();
  }

  private async fetchFirst(): Promise<JWTVerifyGetKey> {
    await this.fetchAgain();
    if (this.keys === undefined) throw new Error('The issuer has not been reached yet.');
    return this.keys;
  }

  /** Fetches unless that was done, or failed, a short while ago; requests that wait for keys wait for the same fetch. */
  private async fetchAgain(): Promise<void> {
    if (this.fetching === undefined && Date.now() < this.blockedUntil) {
      // What is unknown after a failed fetch stays undecided; after a good one, it is no key of the issuer's.
      if (this.failure !== undefined) throw this.failure;
      return;
    }
    this.fetching ??= this.fetch().finally(() => {
      this.fetching = undefined;
    });
    await this.fetching;
  }

  private async fetch(): Promise<void> {
    try {
      this.take(await fetchPublishedKeys(this.source));
      this.fetchedAt = Date.now();
      this.blockedUntil = this.fetchedAt + COOLDOWN;
      if (this.failure !== undefined) this.logger.log('The issuer answers again');
      this.failure = undefined;
    } catch (error) {
      this.blockedUntil = Date.now() + COOLDOWN_AFTER_FAILURE;
      if (this.failure === undefined) {
        const meanwhile = this.keys ? 'its known keys stay in use' : 'no access token can be verified';
        this.logger.warn(`The issuer's keys cannot be fetched; ${meanwhile}`, error);
      }
      this.failure = new Error("The issuer's keys cannot be fetched.", { cause: error });
      throw this.failure;
    }
  }

  /** The same keys once more change nothing; jose has them imported already. */
  private take(keySet: JSONWebKeySet): void {
    const published = JSON.stringify(keySet);
    if (published === this.published) return;
    this.keys = createLocalJWKSet(keySet);
    this.published = published;
    this.onChange();
  }
}
