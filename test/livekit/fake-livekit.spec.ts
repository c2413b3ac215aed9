/** The LiveKit that the other tests run against answers as a real one does. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { JWTPayload } from 'jose';

import { eventually } from '../../src/testing/eventually.js';
import { FakeLiveKit } from '../../src/testing/fake-livekit.js';
import { forgeries, signToken } from './support/jwt.js';
import { type LiveKit, startOwnLiveKit } from './support/livekit.js';
import { Participant } from './support/participant.js';
import { stopPrograms } from './support/program.js';

const ROOM = 'Größe & 日本語';
const LONG = 'é'.repeat(128) + 'x';

let real: LiveKit;
let fake: FakeLiveKit;

beforeAll(async () => {
  real = await startOwnLiveKit();
  fake = await FakeLiveKit.start();
  fake.keys.set(real.apiKey, real.apiSecret);
  fake.join(ROOM, 'Alice');
  await Participant.join(real.url, await signToken(real, { roomJoin: true, room: ROOM }, { sub: 'Alice' }));
});

afterAll(async () => {
  await stopPrograms();
  await fake.stop();
});

interface Question {
  readonly path: string;
  /** As it is sent, with its scheme. */
  readonly authorization?: string;
  /** Makes it a POST. */
  readonly body?: unknown;
}

async function answerOf(url: string, { path, authorization, body }: Question): Promise<object> {
  const response = await fetch(new URL(path, url.replace(/^ws/, 'http')), {
    headers: {
      ...(authorization && { authorization }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) }),
    signal: AbortSignal.timeout(30_000),
  });
  const type = response.headers.get('content-type');
  const text = await response.text();
  return { status: response.status, type, body: type === 'application/json' ? shapeOf(JSON.parse(text)) : text };
}

/** Words that mean the same on every server stay as they are; of all else the type is enough. */
const SAME_EVERYWHERE = new Set(['code', 'msg', 'name', 'identity', 'state', 'twirp_invalid_route']);

function shapeOf(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return differing(value.map((item) => shapeOf(item)));
  if (value === null) return value;
  if (typeof value !== 'object') return SAME_EVERYWHERE.has(key) ? value : typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shapeOf(inner, name)]));
}

/** How many there are of a kind, such as codecs, is of no interest. */
const differing = (shapes: unknown[]): unknown[] =>
  [...new Set(shapes.map((shape) => JSON.stringify(shape)))].map((shape) => JSON.parse(shape) as unknown);

async function expectTheSame(question: Question): Promise<void> {
  expect(await answerOf(fake.url, question)).toEqual(await answerOf(real.url, question));
}

const becomesTheSame = (question: Question): Promise<unknown> =>
  eventually(() =>
    expectTheSame(question).then(
      () => true,
      () => false,
    ),
  );

const bearer = async (video: object, claims = {}): Promise<string> => `Bearer ${await signToken(real, video, claims)}`;

it.each<[call: string, body: unknown]>([
  ['ListRooms', {}],
  ['ListRooms', { names: [ROOM, 'none'] }],
  ['ListRooms', { names: ['none'] }],
  ['ListParticipants', { room: ROOM }],
  ['GetParticipant', { room: ROOM, identity: 'Alice' }],
  ['GetParticipant', { room: ROOM, identity: 'Bob' }],
  ['RemoveParticipant', { room: ROOM, identity: 'Bob' }],
  ['CreateRoom', { name: 'new' }],
  ['CreateRoom', { name: 'new' }],
  ['CreateRoom', { name: LONG }],
  ['DeleteRoom', { room: 'new' }],
  ['DeleteRoom', { room: 'new' }],
  ['RemoveParticipant', { room: ROOM, identity: 'Alice' }],
  ['ListParticipants', { room: ROOM }],
  ['Nothing', {}],
  ['ListRooms', 'no JSON'],
])('RoomService/%s %j', async (call, body) => {
  const all = { room: ROOM, roomAdmin: true, roomCreate: true, roomList: true };
  const question = { path: `/twirp/livekit.RoomService/${call}`, body, authorization: await bearer(all) };
  // LiveKit lists a participant for a moment longer than its removal takes.
  if (call === 'ListParticipants') await becomesTheSame(question);
  await expectTheSame(question);
});

it('RoomService/ListParticipants of no room', async () => {
  const authorization = await bearer({ room: 'none', roomAdmin: true });
  await expectTheSame({ path: '/twirp/livekit.RoomService/ListParticipants', body: { room: 'none' }, authorization });
});

it.each(['Egress/ListEgress', 'Ingress/ListIngress', 'SIP/ListSIPInboundTrunk', 'None/List'])('%s', async (call) => {
  const claims = { sip: { admin: true } };
  const authorization = await bearer({ roomRecord: true, ingressAdmin: true }, claims);
  await expectTheSame({ path: `/twirp/livekit.${call}`, body: {}, authorization });
  await expectTheSame({ path: `/twirp/livekit.${call}`, body: {}, authorization: await bearer({}) });
});

it.each(['ListRooms', 'CreateRoom', 'DeleteRoom', 'ListParticipants', 'GetParticipant', 'RemoveParticipant'])(
  'RoomService/%s without the grant, or without a token',
  async (call) => {
    const question = {
      path: `/twirp/livekit.RoomService/${call}`,
      body: { room: ROOM, name: ROOM, identity: 'Alice' },
    };
    await expectTheSame({ ...question, authorization: await bearer({ roomJoin: true, room: ROOM }) });
    await expectTheSame({ ...question, authorization: await bearer({ roomAdmin: true, room: 'another' }) });
    await expectTheSame(question);
  },
);

it('a token that is not good', async () => {
  const good = await signToken(real, { roomJoin: true, room: ROOM, roomList: true });
  const tokens = { ...(await forgeries(good, real)), 'no token': 'x', 'half of one': good.slice(0, 80) };
  const paths: Question[] = [{ path: '/rtc/validate' }, { path: '/twirp/livekit.RoomService/ListRooms', body: {} }];
  for (const token of Object.values(tokens)) {
    for (const question of paths) await expectTheSame({ ...question, authorization: `Bearer ${token}` });
  }
  for (const question of paths) await expectTheSame({ ...question, authorization: good });
});

it.each<[what: string, video: object, claims: JWTPayload]>([
  ['a good token', { roomJoin: true, room: ROOM }, {}],
  ['no grants to join', { room: ROOM }, {}],
  ['no room', { roomJoin: true }, {}],
  ['no identity', { roomJoin: true, room: ROOM }, { sub: undefined }],
  ['a long room', { roomJoin: true, room: LONG }, {}],
  ['a long identity', { roomJoin: true, room: ROOM }, { sub: LONG }],
])('/rtc/validate with %s', async (_what, video, claims) => {
  await expectTheSame({ path: '/rtc/validate', authorization: await bearer(video, claims) });
  await expectTheSame({ path: `/rtc/validate?access_token=${await signToken(real, video, claims)}` });
});

it('what has no token', async () => {
  for (const path of ['/', '/rtc/validate', '/none']) await expectTheSame({ path });
});
