import { Injectable } from '@nestjs/common';
import { decodeJwt, errors, type JWTPayload, type JWTVerifyResult } from 'jose';

import { ProblemException } from '../errors/problem.exception.js';

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
    if (provider === undefined) throw invalid('The logout token is not of a known issuer.');
    const { payload, protectedHeader } = await verifiedBy(provider, jwt, issuer);
    if (!isLogoutTokenType(protectedHeader.typ))
      throw invalid('The header type of the logout token must be logout+jwt.');
    if (!hasEvent(payload)) throw invalid('The logout token must have the event of back-channel logout.');
    if (Object.hasOwn(payload, 'nonce')) throw invalid('The logout token must not have a nonce.');
    return logoutTokenOf(payload);
  }
}

const invalid = (detail: string, cause?: unknown): ProblemException =>
  new ProblemException('LOGOUT_TOKEN_INVALID', detail, { cause });

function issuerIn(jwt: string): string | undefined {
  try {
    return decodeJwt(jwt).iss;
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error;
    throw invalid('The logout token is not a signed JWT.', error);
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
    throw invalid(detailOf(error.cause), error);
  }
}

/** A fixed sentence: the messages of the library could quote the token. */
function detailOf(cause: unknown): string {
  if (cause instanceof errors.JWTExpired) return 'The logout token is too old.';
  if (cause instanceof errors.JWTClaimValidationFailed)
    return `The claim ${cause.claim} of the logout token is not valid.`;
  return 'The signature of the logout token is not valid.';
}

/** `JWT`, or no type, is allowed for providers that were built before the standard was final (section 2.4). */
const isLogoutTokenType = (typ: unknown): boolean =>
  typ === undefined || ['logout+jwt', 'jwt'].includes(mediaType(typ));

function hasEvent({ events }: JWTPayload): boolean {
  if (!isObject(events) || !Object.hasOwn(events, EVENT)) return false;
  return isObject(events[EVENT]);
}

function logoutTokenOf({ iss = '', jti, sub, iat = 0, sid }: JWTPayload): LogoutToken {
  if (!isText(jti)) throw invalid('The claim jti of the logout token is not valid.');
  for (const value of [sub, sid])
    if (value !== undefined && !isText(value))
      throw invalid('The claims sub and sid of the logout token must be texts.');
  if (sub === undefined && sid === undefined) throw invalid('The logout token must have sub or sid.');
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
