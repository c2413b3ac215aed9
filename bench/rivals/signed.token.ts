/** A token by nothing but `node:crypto`: no signature costs less. */
import { createHmac } from 'node:crypto';

const LIVEKIT_API_KEY = process.env.LIVEKIT_API_KEY ?? 'devkey';
const LIVEKIT_API_SECRET = process.env.LIVEKIT_API_SECRET ?? 'secret';
const HEADER = encoded({ alg: 'HS256' });
const LIFETIME_SECONDS = 6 * 3_600;

export const REFUSAL = 'roomName and participantName are required';

export function tokenOf(room: string, identity: string): string {
  const nbf = Math.floor(Date.now() / 1_000);
  const standard = { iss: LIVEKIT_API_KEY, sub: identity, nbf, exp: nbf + LIFETIME_SECONDS };
  const content = `${HEADER}.${encoded({ ...standard, video: { roomJoin: true, room } })}`;
  return `${content}.${createHmac('sha256', LIVEKIT_API_SECRET).update(content).digest('base64url')}`;
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
