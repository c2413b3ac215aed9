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

/** Secret keys by the `iss` of the tokens that they sign. */
export type SecretKeys = ReadonlyMap<string, KeyObject>;

/**
 * Verifies a token signed by HS256. Returns undefined for a token that is invalid, unless time is the only reason. `now` is in
 * milliseconds since the epoch.
 */
export function verifiedClaims(token: string, keys: SecretKeys, now = Date.now()): JoinClaims | undefined {
  const seconds = Math.floor(now / 1000);
  const payload = payloadOf(token, keys, seconds);
  if (typeof payload?.exp !== 'number' || (payload.iat !== undefined && typeof payload.iat !== 'number'))
    return undefined;
  return { payload, hasExpired: payload.exp <= seconds - LEEWAY };
}

function payloadOf(token: string, keys: SecretKeys, clockTimestamp: number): jwt.JwtPayload | undefined {
  try {
    const issuer = issuerOf(token, keys);
    const key = issuer === undefined ? undefined : keys.get(issuer);
    if (key === undefined) return undefined;
    const times = { clockTolerance: LEEWAY, clockTimestamp, ignoreExpiration: true };
    const options = { ...times, algorithms: ['HS256' as const], issuer, complete: true as const };
    const { header, payload } = jwt.verify(token, key, options);
    // No extension that a token may declare as critical is known here (RFC 7515, section 4.1.11).
    return typeof payload === 'string' || 'crit' in header ? undefined : payload;
  } catch (error) {
    // What is no JSON fails while it is read.
    if (error instanceof jwt.JsonWebTokenError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Whose key is to verify the token, which then says whether it is of this issuer. It is not decoded for that if there is one key only. */
function issuerOf(token: string, keys: SecretKeys): string | undefined {
  if (keys.size !== 1) return unverifiedClaims(token)?.iss;
  const [only] = keys.keys();
  return only;
}
