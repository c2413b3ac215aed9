/** The tokens of both routes, in every form of answer, judged by a real LiveKit server. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { DOORS } from './support/doors.js';
import { claimsOf, forgeries, signAgain, signToken, tamper } from './support/jwt.js';
import { joinResponse, validate } from './support/livekit.client.js';
import { startLiveKit, type LiveKit } from './support/livekit.js';
import { stopPrograms } from './support/program.js';
import { startService, type Service } from './support/service.js';

let livekit: LiveKit;

beforeAll(async () => {
  livekit = await startLiveKit();
  const probe = await signToken(livekit, { roomJoin: true, room: 'version probe' });
  const { serverInfo } = await joinResponse(livekit.url, probe);
  process.stdout.write(`LiveKit server ${serverInfo?.version} at ${livekit.url}\n`);
});

afterAll(stopPrograms);

const ACCEPTED = [
  { route: '/rtc/validate', status: 200, body: 'success' },
  { route: '/rtc/v1/validate', status: 200, body: 'success' },
];

async function statuses(token: string): Promise<number[]> {
  return (await validate(livekit.url, token)).map(({ status }) => status);
}

describe.each(DOORS)('a token of $name', ({ settings, ask }) => {
  let service: Service;
  beforeAll(async () => {
    service = await startService({ ...livekit.settings, ...settings });
  });

  it.each([
    ['plain names', 'Test Room', 'Alice'],
    ['Unicode with inner double spaces', 'Größe  und  日本語', 'Zoë  Ångström  Ж'],
    ['emoji, joined and with skin tones', 'party 🎉👩‍👩‍👧‍👦', '🧑🏽‍🚀  🇪🇸'],
    ['combining characters beside composed ones', 'cafe\u0301 caf\u00e9', 'n\u0303 \u00f1 \u1112\u1161\u11ab \ud55c'],
    ['slashes, quotes and marks of URLs and HTML', '/a//b\\c/../d?e=f&g#h%20+', `"O'Brien" \`x\` <b>&amp;</b> {"a":1}`],
    ['256 bytes of four-byte and of two-byte characters', '😀'.repeat(64), 'é'.repeat(128)],
    ['256 bytes of three-byte characters and one more', `${'語'.repeat(85)}x`, `y${'€'.repeat(85)}`],
  ])('opens the very room, as the very participant: %s', async (_, room, participant) => {
    const token = await ask(service, room, participant);
    expect(await validate(livekit.url, token)).toEqual(ACCEPTED);
    const join = await joinResponse(livekit.url, token);
    expect({ room: join.room?.name, participant: join.participant?.identity }).toEqual({ room, participant });
  });

  it('opens the door for ten minutes', async () => {
    const before = Math.floor(Date.now() / 1000);
    const { exp } = claimsOf(await ask(service, 'Test Room', 'Alice'));
    const after = Math.floor(Date.now() / 1000);
    expect(exp).toBeGreaterThanOrEqual(before + 600);
    expect(exp).toBeLessThanOrEqual(after + 600);
  });

  it('is refused when it was changed, forged, or is out of its time', async () => {
    const token = await ask(service, 'Test Room', 'Alice');
    expect(await statuses(tamper(token, {}))).toEqual([200, 200]);
    expect(await statuses(await signAgain(token, livekit))).toEqual([200, 200]);
    const forged = await forgeries(token, livekit);
    const verdicts = await Promise.all(
      Object.entries(forged).map(async ([wrong, forgery]) => [wrong, await statuses(forgery)] as const),
    );
    expect(verdicts).toEqual(Object.keys(forged).map((wrong) => [wrong, [401, 401]]));
  });

  it('is refused when the secret of the service is another', async () => {
    const secret = { LIVEKIT_API_SECRET: 'f'.repeat(32) };
    const stranger = await startService({ ...livekit.settings, ...settings, ...secret });
    expect(await statuses(await ask(stranger, 'Test Room', 'Alice'))).toEqual([401, 401]);
    await stranger.stop();
  });
});

describe('LiveKit', () => {
  const video = { roomJoin: true, room: 'Test Room' };

  it('refuses a name of 257 bytes, so 256 is indeed its limit', async () => {
    const name = 'é'.repeat(128) + 'x';
    expect(await statuses(await signToken(livekit, { ...video, room: name }))).toEqual([400, 400]);
    expect(await statuses(await signToken(livekit, video, { sub: name }))).toEqual([400, 400]);
  });
});
