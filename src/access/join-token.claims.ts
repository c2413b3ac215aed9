import { createSecretKey } from 'node:crypto';

import jwt from 'jsonwebtoken';

/** LiveKit's, in seconds. */
const LEEWAY = 60;

export interface JoinClaims {
  readonly payload: Readonly<Record<string, unknown>>;
  /** Everything else was verified. */
  readonly hasExpired: boolean;
}

/**
 * Verifies a token signed by HS256. `secretOf` returns the secret of the key that `iss` names. Returns undefined for a token that is
 * invalid, unless time is the only reason. `now` is in milliseconds since the epoch.
 */
export function verifiedClaims(
  token: string,
  secretOf: (issuer: unknown) => string | undefined,
  now = Date.now(),
): JoinClaims | undefined {
  const seconds = Math.floor(now / 1000);
  const payload = payloadOf(token, secretOf, seconds);
  if (typeof payload?.exp !== 'number' || (payload.iat !== undefined && typeof payload.iat !== 'number'))
    return undefined;
  return { payload, hasExpired: payload.exp <= seconds - LEEWAY };
}

function payloadOf(
  token: string,
  secretOf: (issuer: unknown) => string | undefined,
  clockTimestamp: number,
): jwt.JwtPayload | undefined {
  try {
    const read = jwt.decode(token, { complete: true });
    // No extension that a token may declare as critical is known here (RFC 7515, section 4.1.11).
    if (read === null || typeof read.payload === 'string' || 'crit' in read.header) return undefined;
    const secret = secretOf(read.payload.iss);
    if (secret === undefined) return undefined;
    const options = { algorithms: ['HS256' as const], clockTolerance: LEEWAY, clockTimestamp, ignoreExpiration: true };
    const payload = jwt.verify(token, createSecretKey(secret, 'utf8'), options);
    return typeof payload === 'string' ? undefined : payload;
  } catch (error) {
    // What is no JSON fails while it is read.
    if (error instanceof jwt.JsonWebTokenError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
