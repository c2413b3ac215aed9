/** Verifies access tokens of an OpenID Connect issuer, and reads from their claims who the caller is. */
import { decodeJwt, errors, type JWTPayload, jwtVerify, type JWTVerifyOptions } from 'jose';

import type { Environment } from '../config/environment.js';
import { ProblemException } from '../errors/problem.exception.js';
import { isFitName } from '../livekit/names.js';

import type { VerifiedCaller } from './caller.js';
import { OidcKeySet } from './oidc.key-set.js';
import { TokenVerifier } from './token.verifier.js';
import { ALGORITHMS } from './usable-keys.js';
import { VerifiedBearers } from './verified-bearers.js';

/** Seconds by which the issuer's clock and ours may differ. */
const CLOCK_TOLERANCE = 30;

export interface OidcSettings {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUri?: string | undefined;
  readonly identityClaim: Environment['OIDC_IDENTITY_CLAIM'];
  readonly nameClaim: Environment['OIDC_NAME_CLAIM'];
}

export class OidcTokenVerifier extends TokenVerifier {
  private readonly keys: OidcKeySet;
  private bearers = new VerifiedBearers();
  private readonly options: JWTVerifyOptions;

  constructor(private readonly settings: OidcSettings) {
    super();
    const { issuer, audience } = settings;
    this.keys = new OidcKeySet(settings, () => {
      this.bearers = new VerifiedBearers();
    });
    this.options = {
      issuer,
      audience,
      algorithms: [...ALGORITHMS],
      requiredClaims: ['exp', 'sub'],
      clockTolerance: CLOCK_TOLERANCE,
    };
  }

  override async verify(accessToken: string): Promise<VerifiedCaller> {
    const renewed = this.keys.renew();
    if (renewed !== undefined) await renewed;
    // Those of this moment: if the keys change while this token is verified, it is remembered where nobody looks any more.
    const { bearers } = this;
    if (bearers.knows(accessToken)) return this.callerOf(decodeJwt(accessToken));
    const claims = await this.claimsOf(accessToken);
    const caller = this.callerOf(claims);
    bearers.remember(accessToken, claims.exp);
    return caller;
  }

  /** Throws if no keys could be had of the issuer when they were last asked for. */
  async reachIssuer(): Promise<void> {
    await this.keys.reach();
  }

  private async claimsOf(accessToken: string): Promise<JWTPayload> {
    try {
      return await this.verifiedPayload(accessToken);
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error;
      const detail = error instanceof errors.JWTExpired ? 'The bearer token has expired.' : undefined;
      throw new ProblemException('INVALID_TOKEN', detail, { cause: error });
    }
  }

  private async verifiedPayload(accessToken: string): Promise<JWTPayload> {
    try {
      return (await jwtVerify(accessToken, this.keys.keyFor, this.options)).payload;
    } catch (error) {
      if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
      // A token that names no key, of an issuer that has several: any of them may have signed it.
      for await (const key of error) {
        try {
          return (await jwtVerify(accessToken, key, this.options)).payload;
        } catch (failure) {
          if (!(failure instanceof errors.JWSSignatureVerificationFailed)) throw failure;
        }
      }
      throw new errors.JWSSignatureVerificationFailed();
    }
  }

  private callerOf(claims: JWTPayload): VerifiedCaller {
    const { iss = '', sub = '' } = claims;
    const identity = claims[this.settings.identityClaim];
    const name = claims[this.settings.nameClaim];
    if (!isFitName(identity)) throw new ProblemException('IDENTITY_CLAIM_MISSING');
    const displayName = isFitName(name) ? { name } : name !== undefined && { nameUnusable: true };
    return { kind: 'verified', issuer: iss, subject: sub, identity, claims, ...displayName };
  }
}
