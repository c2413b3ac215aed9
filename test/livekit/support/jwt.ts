/** Signs and alters LiveKit tokens without the service, for those that the service must never be asked to make. */
import { decodeJwt, SignJWT, type JWTPayload } from 'jose';
import type { LiveKit } from './livekit.js';

export function signToken(livekit: LiveKit, video: object, claims: JWTPayload = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return sign({ iss: livekit.apiKey, sub: 'tester', nbf: now, exp: now + 60, ...claims, video }, livekit.apiSecret);
}

function sign(claims: JWTPayload, secret: string, alg = 'HS256'): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg }).sign(new TextEncoder().encode(secret));
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

/** Nobody who has the key would tell this one from the token it was made of. */
export function signAgain(token: string, { apiSecret }: LiveKit, claims: JWTPayload = {}): Promise<string> {
  return sign({ ...decodeJwt(token), ...claims }, apiSecret);
}

/** What may be tried with a good token, by what is wrong with the outcome. */
export async function forgeries(token: string, livekit: LiveKit): Promise<Record<string, string>> {
  const claims = decodeJwt<{ video: object }>(token);
  const now = Math.floor(Date.now() / 1000);
  return {
    'another identity': tamper(token, { sub: 'Mallory' }),
    'another room': tamper(token, { video: { ...claims.video, room: 'another room' } }),
    'another grant': tamper(token, { video: { ...claims.video, roomAdmin: true } }),
    'a longer life': tamper(token, { exp: now + 86_400 }),
    'another key': tamper(token, { iss: 'strangerkey' }),
    'a signature cut short': token.slice(0, -4),
    'no signature': `${Buffer.from('{"alg":"none"}').toString('base64url')}.${token.split('.')[1]}.`,
    'another secret': await sign(claims, 'f'.repeat(32)),
    'another algorithm': await sign(claims, livekit.apiSecret, 'HS512'),
    'its time over': await signAgain(token, livekit, { nbf: now - 720, exp: now - 120 }),
    'its time to come': await signAgain(token, livekit, { nbf: now + 120 }),
  };
}
