/** Verifies LiveKit tokens as LiveKit would, with another library than the one that signs them. */
import { type JWTPayload, jwtVerify } from 'jose';

export interface LiveKitClaims extends JWTPayload {
  readonly video: Record<string, unknown>;
  readonly name?: string;
  readonly metadata?: string;
  readonly attributes?: Record<string, string>;
  readonly roomConfig?: Record<string, unknown>;
}

export async function verifyToken(token: string, key = 'devkey', secret = 'secret'): Promise<LiveKitClaims> {
  const { payload, protectedHeader } = await jwtVerify<LiveKitClaims>(token, new TextEncoder().encode(secret), {
    issuer: key,
    algorithms: ['HS256'],
    requiredClaims: ['sub', 'exp', 'nbf', 'video'],
  });
  if (Object.keys(protectedHeader).join() !== 'alg') throw new Error('LiveKit expects no header but alg.');
  return payload;
}
