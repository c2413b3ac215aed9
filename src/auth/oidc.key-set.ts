import { Logger } from '@nestjs/common';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWK, type JWTVerifyGetKey } from 'jose';

import { fetchPublishedKeys, type OidcKeySource } from './issuer.metadata.js';
import { usableKeys } from './usable-keys.js';

/** Milliseconds after which keys are fetched again in the background. Bounds how long a withdrawn key is accepted. */
const MAX_AGE = 10 * 60_000;
/** Older keys are used only if the issuer cannot be reached: without requests, no background fetch replaces them. */
const MAX_AGE_IN_USE = 2 * MAX_AGE;
/** Between two fetches: tokens with made-up key ids must not flood the issuer. */
const COOLDOWN = 30_000;
/** The same after a failed fetch: the issuer may start later than this service. */
const COOLDOWN_AFTER_FAILURE = 2_000;

/** The signing keys of one issuer: cached, fetched again at a bounded rate, kept while the issuer cannot be reached. */
export class OidcKeySet {
  private readonly logger = new Logger('OidcKeySet');
  private keys: JWTVerifyGetKey | undefined;
  private published = '';
  private fetchedAt = 0;
  private blockedUntil = 0;
  private failedAt = -Infinity;
  private fetching: Promise<void> | undefined;
  private failure: unknown;

  /** Called after the keys have changed: tokens that were verified before must be verified again. */
  constructor(
    private readonly source: OidcKeySource,
    private readonly onChange: () => void,
  ) {}

  /** The key that the header of a token names. Throws jose's JWKSNoMatchingKey, or the error of the fetch. */
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

  /**
   * Fetches old keys again. To be called for every token, also for one that was verified before. Returns a promise to wait for if
   * the keys are too old to be used, and undefined in all other cases.
   */
  renew(): Promise<void> | undefined {
    const age = Date.now() - this.fetchedAt;
    if (this.keys === undefined || age <= MAX_AGE) return undefined;
    const fetched = this.fetchAgain().catch(() => undefined);
    // If the issuer is known to be unreachable, requests do not wait for it.
    return age > MAX_AGE_IN_USE && Date.now() - this.failedAt > COOLDOWN ? fetched : undefined;
  }

  /** Throws if there are no keys or the last fetch failed. Fetches them again in these cases, at the bounded rate. */
  async reach(): Promise<void> {
    if (this.keys === undefined || this.failure !== undefined) await this.fetchAgain();
  }

  private async fetchFirst(): Promise<JWTVerifyGetKey> {
    await this.fetchAgain();
    if (this.keys === undefined) throw new Error('The issuer has not been reached yet.');
    return this.keys;
  }

  /** Fetches unless the cooldown lasts. Concurrent requests wait for the same fetch. */
  private async fetchAgain(): Promise<void> {
    if (this.fetching === undefined && Date.now() < this.blockedUntil) {
      // After a failed fetch an unknown key may be valid. After a successful one it is not a key of the issuer.
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
      await this.replace(await fetchPublishedKeys(this.source));
      this.fetchedAt = Date.now();
      this.blockedUntil = this.fetchedAt + COOLDOWN;
      if (this.failure !== undefined)
        this.logger.log('The issuer can be reached again', { issuer: this.source.issuer });
      this.failure = undefined;
    } catch (error) {
      this.failedAt = Date.now();
      this.blockedUntil = this.failedAt + COOLDOWN_AFTER_FAILURE;
      if (this.failure === undefined) {
        const meanwhile = this.keys ? 'its known keys stay in use' : 'no access token can be verified';
        this.logger.warn(`The issuer's keys cannot be fetched; ${meanwhile}`, error);
      }
      this.failure = new Error("The issuer's keys cannot be fetched.", { cause: error });
      throw this.failure;
    }
  }

  /** Unchanged keys stay: jose has imported them already. */
  private async replace(keySet: JSONWebKeySet): Promise<void> {
    const published = JSON.stringify(keySet);
    if (published === this.published) return;
    const keys = (await usableKeys(keySet.keys)).filter((key) => isKeyOf(this.source.issuer, key));
    const ignored = keySet.keys.length - keys.length;
    if (ignored > 0)
      this.logger.warn('The issuer publishes keys that cannot be used', { issuer: this.source.issuer, ignored });
    this.keys = createLocalJWKSet({ keys });
    this.published = published;
    this.onChange();
  }
}

/** Microsoft Entra names the issuer of each key, with `{tenantid}` for a key of all tenants. */
function isKeyOf(issuer: string, { issuer: named }: JWK & { readonly issuer?: unknown }): boolean {
  if (typeof named !== 'string') return true;
  const [before = '', after] = named.split('{tenantid}');
  return after === undefined ? issuer === named : issuer.startsWith(before) && issuer.endsWith(after);
}
