import { Injectable } from '@nestjs/common';
import { decodeJwt, errors, type JWTPayload, type JWTVerifyResult } from 'jose';

import type { ErrorParameters } from '../errors/error.catalogue.js';
import { ProblemException } from '../errors/problem.exception.js';
import type { Reason } from '../errors/reason.catalogue.js';

import type { LogoutToken } from './logout-token.js';
import { OidcProviders } from './oidc-providers.service.js';
import type { OidcProvider } from './oidc.provider.js';
import { mediaType } from './token-acceptance.js';

/**
 * Seconds after `iat` in which a logout token is accepted, whatever its `exp` says: bounds how long its `jti` must be remembered.
 * OpenID Connect Back-Channel Logout 1.0, section 2.4, recommends an `exp` of at most 2 minutes.
 */
export const MAX_LOGOUT_TOKEN_AGE = 600;

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

/** Verifies logout tokens of all identity providers (OpenID Connect Back-Channel Logout 1.0, section 2.6). */
@Injectable()
export class LogoutTokenVerifier {
  constructor(private readonly providers: OidcProviders) {}

  /**
   * Throws a problem with the code LOGOUT_TOKEN_INVALID, or AUTHENTICATION_UNAVAILABLE if the provider's keys cannot be fetched. Does
   * not know which tokens were used before.
   */
  async verify(jwt: string): Promise<LogoutToken> {
    const issuer = issuerIn(jwt);
    const provider = this.providers.ofIssuer(issuer);
    if (provider === undefined) throw invalid('LOGOUT_ISSUER');
    const { payload, protectedHeader } = await verifiedBy(provider, jwt, issuer);
    if (!isLogoutTokenType(protectedHeader.typ)) throw invalid('LOGOUT_TYPE');
    if (!hasEvent(payload)) throw invalid('LOGOUT_EVENT');
    if (Object.hasOwn(payload, 'nonce')) throw invalid('LOGOUT_NONCE');
    return logoutTokenOf(payload);
  }
}

const invalid = (reason: Reason, cause?: unknown, parameters?: ErrorParameters): ProblemException =>
  new ProblemException('LOGOUT_TOKEN_INVALID', parameters, { reason, cause });

function issuerIn(jwt: string): string | undefined {
  try {
    return decodeJwt(jwt).iss;
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error;
    throw invalid('LOGOUT_NOT_JWT', error);
  }
}

async function verifiedBy(provider: OidcProvider, jwt: string, issuer: string | undefined): Promise<JWTVerifyResult> {
  const { audience = [], clientIds = [] } = provider.settings;
  try {
    return await provider.verifyJwt(jwt, issuer, {
      audience: [...clientIds, ...audience],
      maxTokenAge: MAX_LOGOUT_TOKEN_AGE,
      requiredClaims: ['exp', 'iat', 'jti', 'events'],
    });
  } catch (error) {
    if (!(error instanceof ProblemException)) {
      throw new ProblemException('AUTHENTICATION_UNAVAILABLE', undefined, { cause: error });
    }
    throw failed(error.cause, error);
  }
}

/** A fixed sentence: the messages of the library could quote the token. */
function failed(cause: unknown, error: ProblemException): ProblemException {
  if (cause instanceof errors.JWTExpired) return invalid('LOGOUT_TOO_OLD', error);
  if (cause instanceof errors.JWTClaimValidationFailed) return invalid('LOGOUT_CLAIM', error, { claim: cause.claim });
  return invalid('LOGOUT_SIGNATURE', error);
}

/** `JWT`, or no type, is allowed for providers that were built before the standard was final (section 2.4). */
const isLogoutTokenType = (typ: unknown): boolean =>
  typ === undefined || ['logout+jwt', 'jwt'].includes(mediaType(typ));

function hasEvent({ events }: JWTPayload): boolean {
  if (!isObject(events) || !Object.hasOwn(events, EVENT)) return false;
  return isObject(events[EVENT]);
}

function logoutTokenOf({ iss = '', jti, sub, iat = 0, sid }: JWTPayload): LogoutToken {
  if (!isText(jti)) throw invalid('LOGOUT_CLAIM', undefined, { claim: 'jti' });
  for (const value of [sub, sid]) if (value !== undefined && !isText(value)) throw invalid('LOGOUT_IDS_NOT_TEXT');
  if (sub === undefined && sid === undefined) throw invalid('LOGOUT_IDS_MISSING');
  return {
    issuer: iss,
    id: jti,
    issuedAt: iat,
    ...(isText(sub) && { subject: sub }),
    ...(isText(sid) && { session: sid }),
  };
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
