/** Signs and alters LiveKit tokens without the service, for those that the service must never be asked to make. */
import { decodeJwt, SignJWT, type JWTPayload } from 'jose';
import type { LiveKit } from './livekit.js';

export function signToken(livekit: LiveKit, video: object, claims: JWTPayload = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ iss: livekit.apiKey, sub: 'tester', nbf: now, exp: now + 60, ...claims, video })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(livekit.apiSecret));
}

export function claimsOf(token: string): JWTPayload {
  return decodeJwt(token);
}

/** The same token with other claims under the old signature. */
export function tamper(token: string, claims: JWTPayload): string {
  const [header, , signature] = token.split('.');
  const payload = Buffer.from(JSON.stringify({ ...decodeJwt(token), ...claims })).toString('base64url');
  return [header, payload, signature].join('.');
}
