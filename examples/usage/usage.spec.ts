import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ParticipantInfo_Kind } from '@livekit/protocol';

import {
  eventBody,
  eventually,
  FakeIssuer,
  FakeLiveKit,
  newId,
  type RunningApp,
  sendWebhook,
  startApp,
} from 'livekit-token-service/testing';

import { Comparison } from './comparison.service.js';
import { UsageModule } from './usage.module.js';

/** Seconds since the epoch: the service compares with the present time only while a participant is in the room. */
const T0 = 1_700_000_000;

let issuer: FakeIssuer;
let livekit: FakeLiveKit;
let service: RunningApp;
let host: string;
/** Of each test its own. */
let room: string;
let first: string;
let second: string;
let count = 0;
beforeAll(async () => {
  issuer = await FakeIssuer.start();
  livekit = await FakeLiveKit.start();
  enter('early', T0, 'before the start');
  service = await start('3600');
  host = `Bearer ${await issuer.sign({ sub: 'host', groups: ['hosts'] })}`;
  // The comparison of the start, which later ones would join.
  await compare();
});
afterAll(async () => {
  await service.close();
  await livekit.stop();
  await issuer.stop();
});
async function start(USAGE_COMPARE_SECONDS: string): Promise<RunningApp> {
  const settings = { ...issuer.settings, LIVEKIT_URL: livekit.url, USAGE_COMPARE_SECONDS };
  return startApp(settings, { modules: [UsageModule] });
}

beforeEach(() => {
  count += 1;
  room = `room ${count}`;
  first = `PA_${count}_1`;
  second = `PA_${count}_2`;
});

/** A participant of LiveKit's API, about whom no webhook is sent. */
function enter(sid: string, joinedAt: number, where = room): void {
  Object.assign(livekit.join(where, 'alice'), { sid, joinedAt: BigInt(joinedAt) });
}

interface Told {
  readonly sid?: string;
  readonly kind?: string;
  readonly at: number;
  readonly joinedAt?: number;
  readonly id?: string;
}

const tell = async (name: 'joined' | 'left', { sid = first, kind, at, joinedAt = T0, id }: Told): Promise<number> => {
  const participant = { sid, identity: 'alice', joinedAt: String(joinedAt), ...(kind && { kind }) };
  const content = { room: { sid: 'RM_1', name: room }, participant, createdAt: String(at) };
  return (await sendWebhook(service.url, eventBody(`participant_${name}`, content, id))).status;
};

const get = async (query = '', authorization = host): Promise<[status: number, body: Record<string, unknown>]> => {
  const response = await fetch(`${service.url}/usage${query}`, { headers: { authorization } });
  return [response.status, (await response.json()) as Record<string, unknown>];
};
const usage = async (query = '', where = room): Promise<unknown> => {
  const [, { rooms }] = await get(query);
  return (rooms as { room: string }[]).find((one) => one.room === where);
};
const exactly = (seconds: number, stays = 1): object => ({
  room,
  stays,
  estimated: 0,
  seconds,
  minutes: Math.ceil(seconds / 60),
});
const compare = (): Promise<void> => service.app.get(Comparison).run();
const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();

describe('webhooks', () => {
  it('count each connection once, repeated or in the wrong order', async () => {
    const id = newId();
    expect(await tell('joined', { at: T0, id })).toBe(200);
    await tell('joined', { at: T0, id });
    await tell('joined', { at: T0 });
    await tell('left', { at: T0 + 90 });
    await tell('left', { at: T0 + 90 });
    await tell('joined', { at: T0 });
    expect(await usage()).toEqual(exactly(90));

    // The same person again, whose end comes before the beginning.
    await tell('left', { sid: second, at: T0 + 200, joinedAt: T0 + 100 });
    await tell('joined', { sid: second, at: T0 + 100, joinedAt: T0 + 100 });
    expect(await usage()).toEqual(exactly(190, 2));
  });

  it('need no beginning', async () => {
    await tell('left', { at: T0 + 61 });
    expect(await usage()).toEqual(exactly(61));
  });

  it.each(['AGENT', 'EGRESS', 'INGRESS', 'SIP'])('do not count participants of the kind %s', async (kind) => {
    await tell('joined', { kind, at: T0 });
    await tell('left', { kind, at: T0 + 60 });
    expect(await usage()).toBeUndefined();
  });
});

describe('the comparison with LiveKit', () => {
  it('at the start finds who joined before', async () => {
    expect(await usage('', 'before the start')).toMatchObject({ stays: 1, estimated: 0 });
  });

  it('finds persons whose beginning was lost, and ends those whose end was lost when they were last seen', async () => {
    enter(first, T0);
    livekit.join(room, 'agent').kind = ParticipantInfo_Kind.AGENT;
    await compare();
    const before = Math.floor(Date.now() / 1000);
    expect(await usage()).toMatchObject({ stays: 1, estimated: 0 });

    livekit.leave(room, 'alice');
    await compare();
    await compare();
    const { seconds, ...lost } = (await usage()) as { seconds: number };
    expect(lost).toMatchObject({ stays: 1, estimated: 1 });
    expect(Math.abs(seconds - (before - T0))).toBeLessThanOrEqual(2);

    // The webhook comes at last.
    await tell('left', { at: T0 + 3600 });
    await compare();
    expect(await usage()).toEqual(exactly(3600));
  });

  it('goes on with a person whom LiveKit did not list for a while', async () => {
    enter(first, T0);
    await compare();
    livekit.leave(room, 'alice');
    await compare();
    enter(first, T0);
    await compare();
    expect(await usage()).toMatchObject({ stays: 1, estimated: 0 });
  });

  it('ends no stay while LiveKit is unavailable', async () => {
    await tell('joined', { at: T0 });
    livekit.failNext({ status: 503, code: 'unavailable' });
    await compare();
    expect(service.output.lines().filter(({ context }) => context === 'Usage')).toMatchObject([{ level: 'warn' }]);
    expect(await usage()).toMatchObject({ stays: 1, estimated: 0 });
  });
});

describe('the report', () => {
  it('cuts stays to a period', async () => {
    await tell('left', { at: T0 + 600 });
    const between = (from: number, to: number): Promise<unknown> => usage(`?from=${iso(from)}&to=${iso(to)}`);
    expect(await between(T0 + 60, T0 + 180)).toEqual(exactly(120));
    expect(await between(T0 - 60, T0 + 30)).toEqual(exactly(30));
    expect(await between(T0 + 540, T0 + 6000)).toEqual(exactly(60));
    expect(await between(T0 + 600, T0 + 6000)).toBeUndefined();
    expect(await between(T0 - 60, T0)).toBeUndefined();
  });

  it('refuses other periods, and callers who are no hosts', async () => {
    expect(await get('?from=soon')).toMatchObject([400, { errors: [{ pointer: '/from' }] }]);
    expect(await get(`?from=${iso(T0)}&to=${iso(T0)}`)).toMatchObject([400, { code: 'USAGE_PERIOD' }]);
    const guest = `Bearer ${await issuer.sign({ sub: 'guest' })}`;
    expect(await get('', guest)).toMatchObject([403, { code: 'NOT_A_HOST' }]);
  });
});

it('compares with LiveKit again and again', async () => {
  await service.close();
  service = await start('1');
  await compare();
  enter(first, T0);
  await eventually(() => usage() as Promise<object | undefined>);
});
