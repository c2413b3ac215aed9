import { createVerifier, TokenError } from 'fast-jwt';

import { unverifiedClaims } from '../auth/jwt-claims.js';
import type { LiveKitKeyPair } from '../config/livekit-keys.js';

/** LiveKit's, in milliseconds. */
const LEEWAY = 60_000;

export interface JoinClaims {
  readonly payload: Readonly<Record<string, unknown>>;
  /** Everything else was verified. */
  readonly hasExpired: boolean;
}

/** By the `iss` of the tokens that they verify. */
export type Verifiers = ReadonlyMap<string, (token: string) => unknown>;

/** Imports the keys. */
export const verifiersOf = (pairs: readonly LiveKitKeyPair[]): Verifiers =>
  new Map(pairs.map(({ key, secret }) => [key, verifierOf(key, secret)]));

const verifierOf = (issuer: string, key: string) =>
  createVerifier<string>({
    key,
    algorithms: ['HS256'],
    allowedIss: issuer,
    requiredClaims: ['iss', 'exp'],
    clockTolerance: LEEWAY,
    ignoreExpiration: true,
  });

/** Verifies a token signed by HS256. Returns undefined for a token that is invalid, unless time is the only reason. */
export function verifiedClaims(token: string, verifiers: Verifiers): JoinClaims | undefined {
  const payload = payloadOf(token, verifiers);
  if (payload === undefined) return undefined;
  const { exp, iat } = payload;
  if (typeof exp !== 'number' || (iat !== undefined && typeof iat !== 'number')) return undefined;
  return { payload, hasExpired: exp <= Math.floor((Date.now() - LEEWAY) / 1000) };
}

function payloadOf(token: string, verifiers: Verifiers): JoinClaims['payload'] | undefined {
  try {
    return verifierFor(token, verifiers)?.(token) as JoinClaims['payload'] | undefined;
  } catch (error) {
    // RangeError: the `nbf` is a time that Date cannot have.
    if (error instanceof TokenError || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** It says whether the token is of its issuer. The token is not decoded to choose it if there is one only. */
function verifierFor(token: string, verifiers: Verifiers): ((token: string) => unknown) | undefined {
  if (verifiers.size !== 1) return verifiers.get(unverifiedClaims(token)?.iss ?? '');
  const [only] = verifiers.values();
  return only;
}
