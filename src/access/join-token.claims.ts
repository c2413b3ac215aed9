import type { KeyObject } from 'node:crypto';

import jwt from 'jsonwebtoken';

import { unverifiedClaims } from '../auth/jwt-claims.js';

/** LiveKit's, in seconds. */
const LEEWAY = 60;

export interface JoinClaims {
  readonly payload: Readonly<Record<string, unknown>>;
  /** Everything else was verified. */
  readonly hasExpired: boolean;
}

/**
 * Verifies a token signed by HS256. `keyOf` returns the secret key that `iss` names. Returns undefined for a token that is
 * invalid, unless time is the only reason. `now` is in milliseconds since the epoch.
 */
export function verifiedClaims(
  token: string,
  keyOf: (issuer: unknown) => KeyObject | undefined,
  now = Date.now(),
): JoinClaims | undefined {
  const seconds = Math.floor(now / 1000);
  const payload = payloadOf(token, keyOf, seconds);
  if (typeof payload?.exp !== 'number' || (payload.iat !== undefined && typeof payload.iat !== 'number'))
    return undefined;
  return { payload, hasExpired: payload.exp <= seconds - LEEWAY };
}

function payloadOf(
  token: string,
  keyOf: (issuer: unknown) => KeyObject | undefined,
  clockTimestamp: number,
): jwt.JwtPayload | undefined {
  try {
    const key = keyOf(unverifiedClaims(token)?.iss);
    if (key === undefined) return undefined;
    const options = { algorithms: ['HS256' as const], clockTolerance: LEEWAY, clockTimestamp, ignoreExpiration: true };
    const { header, payload } = jwt.verify(token, key, { ...options, complete: true });
    // No extension that a token may declare as critical is known here (RFC 7515, section 4.1.11).
    return typeof payload === 'string' || 'crit' in header ? undefined : payload;
  } catch (error) {
    // What is no JSON fails while it is read.
    if (error instanceof jwt.JsonWebTokenError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
