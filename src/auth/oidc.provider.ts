import {
  errors,
  type JWTPayload,
  jwtVerify,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  type JWTVerifyResult,
} from 'jose';

import { ProblemException } from '../errors/problem.exception.js';

import { callerOf } from './caller-claims.js';
import type { VerifiedCaller } from './caller.js';
import { IntrospectionClient } from './introspection.client.js';
import { OidcKeySet } from './oidc.key-set.js';
import { issuersOf, type ProviderSettings } from './provider.settings.js';
import { type PresentedToken, type TokenDefect, tokenDefects } from './token-acceptance.js';
import { ALGORITHMS } from './usable-keys.js';
import { VerifiedBearers } from './verified-bearers.js';

const algorithms = [...ALGORITHMS];
/** Seconds by which the clocks of the issuer and this service may differ. */
const clockTolerance = 30;
/** Of an access token. */
const REQUIRED: JWTVerifyOptions = { requiredClaims: ['exp', 'sub'] };

/** Verifies the access tokens of one identity provider. Its keys, caches and failures are its own. */
export class OidcProvider {
  readonly issuers: readonly string[];
  private readonly introspection: IntrospectionClient | undefined;
  private readonly keySets: ReadonlyMap<string, OidcKeySet>;
  private bearers = new VerifiedBearers();

  constructor(readonly settings: ProviderSettings) {
    const { introspection, jwksUri } = settings;
    this.issuers = issuersOf(settings);
    const forget = (): void => {
      this.bearers = new VerifiedBearers();
    };
    this.keySets = new Map(this.issuers.map((issuer) => [issuer, new OidcKeySet({ issuer, jwksUri }, forget)]));
    this.introspection = introspection && new IntrospectionClient(settings.issuer, introspection);
  }

  get introspectsOpaqueTokens(): boolean {
    return this.introspection !== undefined;
  }

  /** `claims` are what the token says, not verified yet; `iss` is one of `issuers`. Throws a problem if it is not accepted. */
  async verify(accessToken: string, claims: JWTPayload): Promise<VerifiedCaller> {
    const renewed = this.keysOf(claims.iss).renew();
    if (renewed !== undefined) await renewed;
    // If the keys change while this token is verified, it is remembered in a list that is out of use.
    const { bearers } = this;
    const known = bearers.knows(accessToken);
    const header = known ? undefined : (await this.verifyJwt(accessToken, claims.iss, REQUIRED)).protectedHeader;
    const introspected = this.settings.introspection?.always ? await this.demandActive(accessToken) : undefined;
    const all = introspected ? { ...introspected, ...claims } : claims;
    // What was accepted once is accepted again, unless it is introspected again.
    if (!known || introspected) this.demandAccepted({ claims: all, header });
    const caller = callerOf(all, this.settings);
    if (!known) bearers.remember(accessToken, claims.exp);
    return caller;
  }

  /** Returns undefined if no token of this provider is active under this text. Throws if the provider gives no valid response. */
  async verifyOpaque(accessToken: string): Promise<VerifiedCaller | undefined> {
    const claims = await this.introspect(accessToken);
    if (claims === undefined) return undefined;
    this.demandAccepted({ claims });
    return callerOf(claims, this.settings);
  }

  /**
   * The claims by introspection of an active token, accepted or not; undefined if it is not active, or if introspection is not
   * configured. Throws if the provider gives no valid response.
   */
  async introspect(accessToken: string): Promise<Record<string, unknown> | undefined> {
    return this.introspection?.introspect(accessToken);
  }

  /**
   * Verifies signature, issuer and times of any JWT of this provider, also of one that is no access token. Throws the problem
   * INVALID_TOKEN, or another error if the keys cannot be fetched.
   */
  async verifyJwt(jwt: string, issuer: string | undefined, options: JWTVerifyOptions = {}): Promise<JWTVerifyResult> {
    const keys = this.keysOf(issuer);
    const renewed = keys.renew();
    if (renewed !== undefined) await renewed;
    try {
      return await verifyByKeys(jwt, keys.keyFor, { ...options, issuer: issuer ?? '', algorithms, clockTolerance });
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error;
      const detail = error instanceof errors.JWTExpired ? 'The bearer token has expired.' : undefined;
      throw new ProblemException('INVALID_TOKEN', detail, { cause: error });
    }
  }

  /** Throws if the keys cannot be fetched, or if the last introspection failed. */
  async reach(): Promise<void> {
    await Promise.all([...this.keySets.values()].map((keys) => keys.reach()));
    this.introspection?.check();
  }

  private keysOf(issuer: string | undefined): OidcKeySet {
    const keys = this.keySets.get(issuer ?? '');
    if (keys === undefined) throw new ProblemException('INVALID_TOKEN');
    return keys;
  }

  private demandAccepted(token: PresentedToken): void {
    const [defect] = tokenDefects(token, this.settings);
    if (defect !== undefined) throw problemOf(defect);
  }

  private async demandActive(accessToken: string): Promise<Record<string, unknown>> {
    const claims = await this.introspect(accessToken);
    if (claims === undefined) throw new ProblemException('INVALID_TOKEN');
    return claims;
  }
}

function problemOf(defect: TokenDefect): ProblemException {
  if (defect === 'groups-overage') return new ProblemException('GROUPS_OVERAGE');
  const detail = defect === 'id-token' ? 'This is an ID token. Send an access token.' : undefined;
  return new ProblemException('INVALID_TOKEN', detail);
}

async function verifyByKeys(jwt: string, keyFor: JWTVerifyGetKey, options: JWTVerifyOptions): Promise<JWTVerifyResult> {
  try {
    return await jwtVerify(jwt, keyFor, options);
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    // The token names no key, and the issuer has several.
    for await (const key of error) {
      try {
        return await jwtVerify(jwt, key, options);
      } catch (failure) {
        if (!(failure instanceof errors.JWSSignatureVerificationFailed)) throw failure;
      }
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}
