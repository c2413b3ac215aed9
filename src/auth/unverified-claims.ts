import { decodeJwt, errors, type JWTPayload } from 'jose';

/** The claims of a JWT whose signature was not verified: they may only choose who verifies it. Undefined if the text is no JWT. */
export function unverifiedClaims(jwt: string): JWTPayload | undefined {
  try {
    return decodeJwt(jwt);
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}
