/** Planted failures against a real LiveKit with real clients: the cause is named, and never another one. */
import { setTimeout as pause } from 'node:timers/promises';

import { Injectable, Module } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { RoomServiceClient } from 'livekit-server-sdk';

import type { JourneyCause } from '../../src/journey/journey-causes.js';
import type { JourneyStep } from '../../src/journey/journey-step.js';
import { JourneyStore } from '../../src/journey/journey.store.js';
import type { JoinRequest } from '../../src/policy/join-request.js';
import type { JoinTerms } from '../../src/policy/join-terms.js';
import { TokenPolicy, type TokenPolicyProvider } from '../../src/policy/token-policy.decorator.js';
import { type RunningApp, startApp } from '../../src/testing/start-app.js';
import type { Settings } from '../../src/testing/environment.js';
import { eventually } from '../../src/testing/eventually.js';
import { FakeIssuer } from '../../src/testing/fake-issuer.js';
import { pass, stopClock } from '../support/clock.js';
import { type TemporaryFile, temporaryFile } from '../support/temporary-file.js';

import { KEY_PAIR, type OwnLiveKit, startOwnLiveKit } from './support/livekit.js';
import { Participant } from './support/participant.js';
import { freePort, stopPrograms } from './support/program.js';

const RULES = `
- rooms: ['*']
  callers: { role: host }
  grants: { roomAdmin: true }
- rooms: ['small']
  room: { maxParticipants: 1 }
- rooms: ['*']
  except: { role: stranger }
`;
const WITHOUT_GUESTS = RULES.replace('except: { role: stranger }', 'except: { role: [stranger, guest] }');
const HOST = { sub: 'host', role: 'host' };
const LIMIT_MS = 60_000;

// Clients try for 15 seconds and more, before each of the things that a test waits for.
jest.setTimeout(240_000);

/** Times that join rules cannot have: they would take the test too long. */
@Injectable()
@TokenPolicy()
class ShortTimes implements TokenPolicyProvider {
  decide(_request: JoinRequest, terms: JoinTerms): JoinTerms {
    if (terms.room === 'brief') return { ...terms, endsAt: Date.now() + 5_000 };
    return terms.room === 'stale' ? { ...terms, ttl: 1 } : terms;
  }
}

@Module({ providers: [ShortTimes] })
class ShortTimesModule {}

/** What was planted, and what was named. */
const outcomes: { readonly planted: JourneyCause; readonly named: string; readonly possible: readonly string[] }[] = [];

let issuer: FakeIssuer;
let rules: TemporaryFile;
let port: number;
let app: RunningApp;
let livekit: OwnLiveKit;
const guests: Participant[] = [];

const start = (settings: Settings): Promise<RunningApp> =>
  startApp(
    { ...KEY_PAIR, ...issuer.settings, JOIN_RULES_FILE: rules.path, ACCESS_RECONCILE: '0', ...settings },
    { modules: [ShortTimesModule] },
  );

beforeAll(async () => {
  issuer = await FakeIssuer.start();
  rules = temporaryFile(RULES);
  port = await freePort();
  app = await start({ LIVEKIT_URL: `ws://127.0.0.1:${port}` });
  livekit = await startOwnLiveKit({ port, webhookUrls: [`${app.url}/livekit/webhook`] });
  // So that webhooks are known to arrive, and the address to lead clients to LiveKit.
  await enter('warm-up', 'first');
}, 240_000);

afterEach(async () => {
  await Promise.all(guests.splice(0).map((guest) => guest.end()));
});
afterAll(stopPrograms);

async function request(
  service: RunningApp,
  method: string,
  path: string,
  claims: object,
  body?: object,
): Promise<Response> {
  return fetch(service.url + path, {
    method,
    headers: {
      authorization: `Bearer ${await issuer.sign({ ...claims })}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

async function token(room: string, sub: string, claims: object = {}, service = app): Promise<string> {
  const response = await request(service, 'POST', '/livekit/token', { sub, ...claims }, { room_name: room });
  const { participant_token: signed = '' } = (await response.json()) as { participant_token?: string };
  return signed;
}

async function join(signed: string, url = livekit.url): Promise<Participant> {
  const guest = await Participant.join(url, signed);
  guests.push(guest);
  return guest;
}

const happened = (room: string, identity: string, kind: JourneyStep['step'], service = app): Promise<boolean> =>
  eventually(async () => {
    const steps = await service.app.get(JourneyStore).find({ room, identity });
    return steps.some(({ step }) => step === kind);
  }, LIMIT_MS);

async function enter(room: string, sub: string, claims: object = {}): Promise<Participant> {
  const guest = await join(await token(room, sub, claims));
  await happened(room, sub, 'joined');
  return guest;
}

/** Requests the journey once, and records the cause. */
async function expectCause(planted: JourneyCause, room: string, identity: string, service = app): Promise<void> {
  const query = new URLSearchParams({ room, identity });
  const response = await request(service, 'GET', `/access/journey?${query}`, HOST);
  const { conclusion } = (await response.json()) as {
    conclusion: { cause: string; possible: { cause: string }[] };
  };
  const possible = conclusion.possible.map(({ cause }) => cause);
  outcomes.push({ planted, named: conclusion.cause, possible });
  // Never a wrong one: where it is not named, it is among those that are possible.
  expect(conclusion.cause === 'undetermined' ? possible : [conclusion.cause]).toContain(planted);
}

const moderate = async (method: string, path: string, body?: object): Promise<void> => {
  expect((await request(app, method, `/access/rooms/${path}`, HOST, body)).status).toBe(204);
};

/** As another program with the same key. */
const elsewhere = (): RoomServiceClient => new RoomServiceClient(livekit.url, livekit.apiKey, livekit.apiSecret);

describe('before LiveKit', () => {
  it('never asked', () => expectCause('never_asked', 'plenary', 'nobody'));

  it('asked under another name', async () => {
    await token('Daily Stand-up', 'Alice');
    await expectCause('name_mismatch', 'daily standup', 'alice');
  });

  it('refused by the join rules', async () => {
    expect(await token('plenary', 'mallory', { role: 'stranger' })).toBe('');
    await expectCause('refused', 'plenary', 'mallory');
  });

  it('banned', async () => {
    await moderate('DELETE', 'plenary/participants/banned', { banFor: '1h' });
    expect(await token('plenary', 'banned')).toBe('');
    await expectCause('banned', 'plenary', 'banned');
  });
});

describe('between client and LiveKit', () => {
  it('the room is full', async () => {
    await enter('small', 'first');
    await expect(join(await token('small', 'second'))).rejects.toThrow('join');
    // LiveKit counts the participants of a room every five seconds.
    await eventually(async () => (await elsewhere().listRooms(['small']))[0]?.numParticipants === 1, LIMIT_MS);
    await expectCause('room_full', 'small', 'second');
  });

  it('the client has an address of its own', async () => {
    const signed = await token('plenary', 'lost');
    await expect(join(signed, `ws://127.0.0.1:${await freePort()}`)).rejects.toThrow('join');
    await pause(16_000);
    await expectCause('livekit_not_reached', 'plenary', 'lost');
  });

  it('LIVEKIT_URL leads elsewhere', async () => {
    const other = await start({ LIVEKIT_URL: app.url.replace('http', 'ws'), LIVEKIT_INTERNAL_URL: livekit.url });
    await expect(join(await token('plenary', 'astray', {}, other), app.url.replace('http', 'ws'))).rejects.toThrow(
      'join',
    );
    await expectCause('wrong_url', 'plenary', 'astray', other);
    await other.close();
  });

  it('the secret is another one', async () => {
    const other = await start({ LIVEKIT_URL: livekit.url, LIVEKIT_API_SECRET: 'another-4b5a69788796a5b4c3d2e1f0' });
    await expect(join(await token('plenary', 'keyless', {}, other))).rejects.toThrow('join');
    await expectCause('key_refused', 'plenary', 'keyless', other);
    await other.close();
  });

  it('the clocks are 90 s apart', async () => {
    stopClock();
    try {
      pass(90_000);
      await expect(join(await token('plenary', 'early'))).rejects.toThrow('join');
      await expectCause('clock_skew', 'plenary', 'early');
    } finally {
      jest.useRealTimers();
    }
  });

  it('UDP is blocked', async () => {
    const blockedPort = await freePort();
    const other = await start({ LIVEKIT_URL: `ws://127.0.0.1:${blockedPort}` });
    const blocked = await startOwnLiveKit({
      port: blockedPort,
      webhookUrls: [`${other.url}/livekit/webhook`],
      mediaBlocked: true,
    });
    // The client tries again and again, with 15 seconds for each attempt.
    const attempt = join(await token('plenary', 'mute', {}, other), blocked.url).then(
      () => 'joined',
      () => 'failed',
    );
    await happened('plenary', 'mute', 'connection_aborted', other);
    await expectCause('no_media', 'plenary', 'mute', other);
    expect(await attempt).toBe('failed');
    await blocked.stop();
    await other.close();
  });

  it('LiveKit does not create rooms', async () => {
    const strictPort = await freePort();
    const other = await start({ LIVEKIT_URL: `ws://127.0.0.1:${strictPort}` });
    const strict = await startOwnLiveKit({ port: strictPort, autoCreate: false });
    await expect(join(await token('unknown', 'pioneer', {}, other), strict.url)).rejects.toThrow('join');
    await expectCause('room_missing', 'unknown', 'pioneer', other);
    await strict.stop();
    await other.close();
  });
});

describe('inside', () => {
  it('in right now', async () => {
    await enter('plenary', 'present');
    await expectCause('in_now', 'plenary', 'present');
  });

  it('left by itself', async () => {
    await (await enter('plenary', 'leaver')).leave();
    await happened('plenary', 'leaver', 'left');
    await expectCause('left_by_itself', 'plenary', 'leaver');
  });

  it('the same identity twice', async () => {
    await enter('plenary', 'twin');
    await join(await token('plenary', 'twin'));
    await happened('plenary', 'twin', 'left');
    await expectCause('replaced', 'plenary', 'twin');
  });

  it('removed by a host', async () => {
    await enter('plenary', 'loud');
    await moderate('DELETE', 'plenary/participants/loud');
    await happened('plenary', 'loud', 'left');
    await expectCause('removed', 'plenary', 'loud');
  });

  it('removed by another program', async () => {
    await enter('plenary', 'victim');
    await elsewhere().removeParticipant('plenary', 'victim');
    await happened('plenary', 'victim', 'left');
    await expectCause('removed_elsewhere', 'plenary', 'victim');
  });

  it('logged out', async () => {
    await enter('plenary', 'tired', { sid: 'session of tired' });
    const body = new URLSearchParams({ logout_token: await issuer.signLogout({ sid: 'session of tired' }) });
    expect((await fetch(`${app.url}/access/backchannel-logout`, { method: 'POST', body })).status).toBe(200);
    // The webhook may come before the service knows that the removal is done.
    await happened('plenary', 'tired', 'access_ended');
    await happened('plenary', 'tired', 'left');
    await expectCause('logged_out', 'plenary', 'tired');
  });

  it('the join rules have changed', async () => {
    await enter('plenary', 'guest', { role: 'guest' });
    rules.replace(WITHOUT_GUESTS);
    await happened('plenary', 'guest', 'access_ended');
    await happened('plenary', 'guest', 'left');
    await expectCause('rules_changed', 'plenary', 'guest');
  });

  it('the time is over', async () => {
    // On a slow machine it is over before the join has ended.
    await join(await token('brief', 'short')).catch(() => undefined);
    await happened('brief', 'short', 'access_ended');
    await expectCause('time_over', 'brief', 'short');
  });

  it('the meeting was ended', async () => {
    await enter('meeting', 'attendee');
    await moderate('POST', 'meeting/end');
    await happened('meeting', 'attendee', 'left');
    await expectCause('meeting_ended', 'meeting', 'attendee');
  });

  it('the room was deleted by another program', async () => {
    await enter('doomed', 'tenant');
    await elsewhere().deleteRoom('doomed');
    await happened('doomed', 'tenant', 'left');
    await expectCause('room_deleted', 'doomed', 'tenant');
  });
});

describe('LiveKit itself', () => {
  it('the token was over before the client came', async () => {
    const signed = await token('stale', 'late');
    // LiveKit accepts it for a minute more.
    await pause(63_000);
    await expect(join(signed)).rejects.toThrow('join');
    await expectCause('token_expired', 'stale', 'late');
  });

  it('has stopped, and was started again', async () => {
    const inside = await enter('lasting', 'patient');
    await livekit.stop();
    await expectCause('livekit_unreachable', 'lasting', 'patient');
    guests.splice(guests.indexOf(inside), 1);
    await inside.end();
    livekit = await startOwnLiveKit({ port, webhookUrls: [`${app.url}/livekit/webhook`] });
    await enter('lasting', 'newcomer');
    await expectCause('livekit_restarted', 'lasting', 'patient');
  });
});

it('at least nine in ten are named, and none wrong', () => {
  const named = outcomes.filter(({ planted, named: cause }) => planted === cause);
  const wrong = outcomes.filter(({ planted, named: cause, possible }) => ![cause, ...possible].includes(planted));
  expect(wrong).toEqual([]);
  expect(outcomes.length).toBeGreaterThanOrEqual(20);
  expect(named.length / outcomes.length).toBeGreaterThanOrEqual(0.9);
});
