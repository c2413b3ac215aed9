/** Finds out beforehand whether the LiveKit that LIVEKIT_URL names can be tested against, where each test would fail in its own words. */
import { SignJWT } from 'jose';

const LIMIT_MS = 5_000;

export async function checkGivenLiveKit() {
  const { LIVEKIT_URL: url, LIVEKIT_API_KEY: key, LIVEKIT_API_SECRET: secret } = process.env;
  if (!key || !secret) throw new Error('With LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET must be set too.');

  const token = await new SignJWT({ video: { roomJoin: true, room: 'Test Room' } })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(key)
    .setSubject('tester')
    .setExpirationTime('1m')
    .sign(new TextEncoder().encode(secret));
  const door = new URL(`/rtc/validate?access_token=${token}`, url.replace(/^ws/, 'http'));
  const answer = await fetch(door, { signal: AbortSignal.timeout(LIMIT_MS) }).catch(() => undefined);
  if (answer?.status === 401)
    throw new Error(`LiveKit at ${url} does not accept LIVEKIT_API_KEY with LIVEKIT_API_SECRET.`);
  if (answer?.status !== 200) throw new Error(`No LiveKit lets anybody in at LIVEKIT_URL, ${url}.`);
}
