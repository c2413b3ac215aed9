/** The tokens of POST /token, judged by a real LiveKit server. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { claimsOf, signToken, tamper } from './support/jwt.js';
import { callRoomService, joinResponse, validate } from './support/livekit.client.js';
import { startLiveKit, type LiveKit } from './support/livekit.js';
import { stopPrograms } from './support/program.js';
import { requestToken, startService, type Service, type TokenFormat } from './support/service.js';

let livekit: LiveKit;
let service: Service;

beforeAll(async () => {
  livekit = await startLiveKit();
  const probe = await signToken(livekit, { roomJoin: true, room: 'version probe' });
  const { serverInfo } = await joinResponse(livekit.url, probe);
  process.stdout.write(`LiveKit server ${serverInfo?.version} at ${livekit.url}\n`);
  service = await startService(livekit.settings);
});

afterAll(stopPrograms);

const ACCEPTED = [
  { route: '/rtc/validate', status: 200, body: 'success' },
  { route: '/rtc/v1/validate', status: 200, body: 'success' },
];

async function statuses(token: string): Promise<number[]> {
  return (await validate(livekit.url, token)).map(({ status }) => status);
}

describe('a token of POST /token', () => {
  it.each([
    ['plain names', 'Test Room', 'Alice'],
    ['Unicode with inner double spaces', 'Größe  und  日本語', 'Zoë  Ångström  Ж'],
    ['emoji, joined and with skin tones', 'party 🎉👩‍👩‍👧‍👦', '🧑🏽‍🚀  🇪🇸'],
    ['combining characters beside composed ones', 'cafe\u0301 caf\u00e9', 'n\u0303 \u00f1 \u1112\u1161\u11ab \ud55c'],
    ['slashes, quotes and marks of URLs and HTML', '/a//b\\c/../d?e=f&g#h%20+', `"O'Brien" \`x\` <b>&amp;</b> {"a":1}`],
    ['256 bytes of four-byte and of two-byte characters', '😀'.repeat(64), 'é'.repeat(128)],
    ['256 bytes of three-byte characters and one more', `${'語'.repeat(85)}x`, `y${'€'.repeat(85)}`],
  ])('opens the very room, as the very participant: %s', async (_, room, participant) => {
    const token = await requestToken(service, room, participant);
    expect(await validate(livekit.url, token)).toEqual(ACCEPTED);
    const join = await joinResponse(livekit.url, token);
    expect({ room: join.room?.name, participant: join.participant?.identity }).toEqual({ room, participant });
  });

  it('grants what LiveKit grants by default, and nothing more', async () => {
    const join = await joinResponse(livekit.url, await requestToken(service, 'Test Room', 'Alice'));
    expect(join.participant?.permission).toMatchObject({
      canPublish: true,
      canPublishData: true,
      canPublishSources: [],
      canSubscribe: true,
      canUpdateMetadata: false,
      canSubscribeMetrics: false,
      canManageAgentSession: false,
      hidden: false,
      recorder: false,
      agent: false,
    });
  });

  it('opens the door for ten minutes', async () => {
    const before = Math.floor(Date.now() / 1000);
    const { exp } = claimsOf(await requestToken(service, 'Test Room', 'Alice'));
    const after = Math.floor(Date.now() / 1000);
    expect(exp).toBeGreaterThanOrEqual(before + 600);
    expect(exp).toBeLessThanOrEqual(after + 600);
  });

  it.each<TokenFormat>(['string', 'object', 'text'])('is accepted when it was answered as %s', async (format) => {
    const formatted = await startService({ ...livekit.settings, TOKEN_RESPONSE_FORMAT: format });
    const token = await requestToken(formatted, 'Test Room', 'Alice', format);
    expect(await validate(livekit.url, token)).toEqual(ACCEPTED);
    await formatted.stop();
  });

  it.each(['ListRooms', 'CreateRoom', 'DeleteRoom', 'ListParticipants', 'RemoveParticipant'])(
    'opens nothing of the server API: %s',
    async (method) => {
      const room = 'Guarded Room';
      const body = { room, name: room, identity: 'Alice' };
      const token = await requestToken(service, room, 'Alice');
      expect(await callRoomService(livekit.url, token, method, body)).toEqual({ status: 401, code: 'unauthenticated' });
      // The same call by an operator passes, so it is the grants that were refused and not the call.
      const operator = await signToken(livekit, { room, roomAdmin: true, roomCreate: true, roomList: true });
      expect((await callRoomService(livekit.url, operator, method, body)).status).not.toBe(401);
    },
  );
});

/** They prove that LiveKit would tell: a server that accepted everything would pass the tests above. */
describe('LiveKit refuses', () => {
  const video = { roomJoin: true, room: 'Test Room' };

  it('a token whose claims were changed', async () => {
    const token = await requestToken(service, 'Test Room', 'Alice');
    expect(await statuses(tamper(token, {}))).toEqual([200, 200]);
    expect(await statuses(tamper(token, { sub: 'Mallory' }))).toEqual([401, 401]);
  });

  it('a token of a service with another secret', async () => {
    const stranger = await startService({ ...livekit.settings, LIVEKIT_API_SECRET: 'f'.repeat(32) });
    expect(await statuses(await requestToken(stranger, 'Test Room', 'Alice'))).toEqual([401, 401]);
    await stranger.stop();
  });

  it('a token that expired two minutes ago', async () => {
    const now = Math.floor(Date.now() / 1000);
    expect(await statuses(await signToken(livekit, video))).toEqual([200, 200]);
    expect(await statuses(await signToken(livekit, video, { nbf: now - 720, exp: now - 120 }))).toEqual([401, 401]);
  });

  it('a name of 257 bytes, so 256 is indeed its limit', async () => {
    const name = 'é'.repeat(128) + 'x';
    expect(await statuses(await signToken(livekit, { ...video, room: name }))).toEqual([400, 400]);
    expect(await statuses(await signToken(livekit, video, { sub: name }))).toEqual([400, 400]);
  });
});
