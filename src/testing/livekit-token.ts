import { type JWTPayload, jwtVerify } from 'jose';

/** What a LiveKit token says. */
export interface LiveKitClaims extends JWTPayload {
  readonly video: Record<string, unknown>;
  readonly name?: string;
  readonly metadata?: string;
  readonly attributes?: Record<string, string>;
  readonly roomConfig?: Record<string, unknown>;
}

/**
 * Verifies a LiveKit token as LiveKit does, with another library than the one that signs it, and returns its claims.
 *
 * @param key Default: the key pair of the service without settings.
 * @throws if the token is not valid.
 */
export async function verifyToken(token: string, key = 'devkey', secret = 'secret'): Promise<LiveKitClaims> {
  const { payload, protectedHeader } = await jwtVerify<LiveKitClaims>(token, new TextEncoder().encode(secret), {
    issuer: key,
    algorithms: ['HS256'],
    requiredClaims: ['sub', 'exp', 'nbf', 'video'],
  });
  if (Object.keys(protectedHeader).join() !== 'alg') throw new Error('LiveKit expects no header but alg.');
  return payload;
}
