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
import { claimsOfVerified, unverifiedClaims } from './jwt-claims.js';
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

  /** The issuer of every JWT that this provider may accept. Undefined if there are several, or if it accepts opaque tokens. */
  get onlyIssuer(): string | undefined {
    return this.issuers.length === 1 && !this.introspectsOpaqueTokens ? this.issuers[0] : undefined;
  }

  /**
   * `unverified` is what the token says, and may be left out if there is an `onlyIssuer`. Throws a problem if the token is not
   * accepted.
   */
  async verify(accessToken: string, unverified?: JWTPayload): Promise<VerifiedCaller> {
    const issuer = unverified === undefined ? this.onlyIssuer : unverified.iss;
    const keys = this.keysOf(issuer);
    const renewed = keys.renew();
    if (renewed !== undefined) await renewed;
    // If the keys change while this token is verified, it is remembered in a list that is out of use.
    const { bearers } = this;
    const key = VerifiedBearers.keyOf(accessToken);
    const verified = bearers.knows(key) ? undefined : await verifyBy(keys, accessToken, issuer, REQUIRED);
    const claims = verified?.payload ?? unverified ?? claimsOfVerified(accessToken);
    const introspected = this.settings.introspection?.always ? await this.demandActive(accessToken) : undefined;
    const all = introspected ? { ...introspected, ...claims } : claims;
    // What was accepted once is accepted again, unless it is introspected again.
    if (verified || introspected) this.demandAccepted({ claims: all, header: verified?.protectedHeader });
    const caller = callerOf(all, this.settings);
    if (verified) bearers.remember(key, claims.exp);
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
  async verifyJwt(jwt: string, issuer: string | undefined, options?: JWTVerifyOptions): Promise<JWTVerifyResult> {
    const keys = this.keysOf(issuer);
    const renewed = keys.renew();
    if (renewed !== undefined) await renewed;
    return verifyBy(keys, jwt, issuer, options);
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
    const defect = tokenDefects(token, this.settings)[0];
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
  const reason = defect === 'id-token' ? 'TOKEN_IS_ID_TOKEN' : undefined;
  return new ProblemException('INVALID_TOKEN', undefined, { reason });
}

async function verifyBy(
  { keyFor }: OidcKeySet,
  jwt: string,
  issuer = '',
  options: JWTVerifyOptions = {},
): Promise<JWTVerifyResult> {
  try {
    return await verifyByKeys(jwt, keyFor, { ...options, issuer, algorithms, clockTolerance });
  } catch (error) {
    // A token of another issuer is invalid also while the keys cannot be fetched.
    if (!(error instanceof errors.JOSEError) && unverifiedClaims(jwt)?.iss === issuer) throw error;
    const reason = error instanceof errors.JWTExpired ? 'TOKEN_EXPIRED' : undefined;
    throw new ProblemException('INVALID_TOKEN', undefined, { reason, cause: error });
  }
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
