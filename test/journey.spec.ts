/** Why a participant is not in a room: the steps in order, and one cause, for administrators of the room. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { DisconnectReason, type ParticipantInfo } from '@livekit/protocol';

import { CAUSES } from '../src/journey/journey-causes.js';

import { Visitors } from './support/access.js';
import { type RunningApp, startApp } from '../src/testing/start-app.js';
import { pass, stopClock } from './support/clock.js';
import { examine, OWN_KEY } from './support/doctor.js';
import { FakeLiveKit } from '../src/testing/fake-livekit.js';
import { FakeIssuer } from '../src/testing/fake-issuer.js';
import { askGate, joinToken } from './support/gate.js';
import { temporaryFile } from './support/temporary-file.js';
import { eventBody, sendWebhook, signWebhook } from '../src/testing/webhook-sender.js';

const RULES = `
- name: hosts
  rooms: ['*']
  callers: { role: host }
  grants: { roomAdmin: true }
- name: guests
  rooms: ['stage*']
`;
const HOST = { sub: 'host', role: 'host' };

interface Told {
  readonly status: number;
  readonly code?: string;
  readonly steps: readonly { readonly step: string; readonly at: string; readonly [member: string]: unknown }[];
  readonly conclusion: {
    readonly cause: string;
    readonly text: string;
    readonly code?: string;
    readonly possible: readonly { readonly cause: string }[];
  };
  readonly unknown: readonly string[];
}

let issuer: FakeIssuer;
let livekit: FakeLiveKit;
let service: RunningApp;
let visitors: Visitors;
beforeAll(async () => {
  issuer = await FakeIssuer.start();
  livekit = await FakeLiveKit.start();
  service = await startApp({
    ...issuer.settings,
    LIVEKIT_URL: livekit.url,
    JOIN_RULES_FILE: temporaryFile(RULES).path,
    ACCESS_RECONCILE: '0',
  });
  visitors = new Visitors(issuer, livekit, [service]);
});
afterAll(async () => {
  await service.close();
  await livekit.stop();
  await issuer.stop();
});

const ask = async (room: string, identity: string, claims: object = HOST, url = service.url): Promise<Told> => {
  const response = await fetch(`${url}/access/journey?${new URLSearchParams({ room, identity })}`, {
    headers: { authorization: `Bearer ${await issuer.sign({ ...claims })}` },
  });
  return { ...((await response.json()) as Told), status: response.status };
};
const causeOf = async (room: string, identity: string): Promise<string | string[]> => {
  const { cause, possible } = (await ask(room, identity)).conclusion;
  return cause === 'undetermined' ? possible.map((one) => one.cause) : cause;
};
const leave = async (
  room: string,
  participant: ParticipantInfo,
  reason: DisconnectReason,
  aborted = false,
): Promise<void> => {
  livekit.leave(room, participant.identity);
  const gone = participant.clone();
  gone.disconnectReason = reason;
  await visitors.tell(aborted ? 'participant_connection_aborted' : 'participant_left', room, gone);
};

describe('who may ask', () => {
  it.each([
    ['an administrator of the room', HOST, 'room=stage&identity=a', [200, undefined]],
    ['another participant', { sub: 'guest' }, 'room=stage&identity=a', [403, 'NOT_ROOM_ADMIN']],
    ['without an identity', HOST, 'room=stage', [400, 'NAME_BLANK']],
    ['with two rooms', HOST, 'room=a&room=b&identity=a', [400, 'NAME_BLANK']],
    ['with a long name', HOST, `room=stage&identity=${'x'.repeat(257)}`, [400, 'NAME_TOO_LONG']],
  ])('%s', async (_who, claims, query, expected) => {
    const authorization = `Bearer ${await issuer.sign(claims)}`;
    const response = await fetch(`${service.url}/access/journey?${query}`, { headers: { authorization } });
    expect([response.status, ((await response.json()) as Told).code]).toEqual(expected);
  });

  it('no caller without an access token, and none at all with AUTH_MODE=none', async () => {
    const path = '/access/journey?room=stage&identity=a';
    expect((await fetch(service.url + path)).status).toBe(401);
    const open = await startApp({ LIVEKIT_URL: livekit.url, ACCESS_ENFORCEMENT: 'on' });
    const response = await fetch(open.url + path);
    expect([response.status, ((await response.json()) as Told).code]).toEqual([404, 'NOT_FOUND']);
    await open.close();
  });
});

describe('the steps', () => {
  it('are those of this participant and its room, in order, without claims and tokens', async () => {
    const claims = { sub: 'walker', email: 'walker@example.com', role: 'secret-role' };
    await visitors.tell('room_started', 'stage/1');
    const participant = await visitors.enter('stage/1', claims);
    await visitors.enter('stage/1', { sub: 'other' });
    const track = { sid: 'TR_1', source: 'CAMERA' };
    const { sid, identity } = participant;
    await sendWebhook(
      service.url,
      eventBody('track_published', { room: { name: 'stage/1' }, participant: { sid, identity }, track }),
    );
    await leave('stage/1', participant, DisconnectReason.CLIENT_INITIATED);
    const told = await ask('stage/1', 'walker');
    expect(told.steps).toEqual([
      expect.objectContaining({ step: 'room_started' }),
      {
        step: 'token_issued',
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as unknown,
        requestId: expect.stringMatching(/^[\w-]+$/) as unknown,
        route: '/livekit/token',
        expiresAt: expect.stringMatching(/Z$/) as unknown,
        rule: 'guests',
      },
      expect.objectContaining({ step: 'joined', sid }),
      expect.objectContaining({ step: 'track_published', sid, source: 'camera' }),
      expect.objectContaining({ step: 'left', sid, reason: 'CLIENT_INITIATED' }),
    ]);
    expect(JSON.stringify(told)).not.toMatch(/eyJ|example\.com|secret-role/);
    expect(told.conclusion).toMatchObject({ cause: 'left_by_itself', possible: [] });
    expect(told.unknown).toEqual([expect.stringContaining('the record began then')]);
  });

  it('are bounded: refusals for one reason are one step, and tracks do not push out the rest', async () => {
    for (let count = 0; count < 30; count++)
      expect(await visitors.ask('hall', { sub: 'stubborn' })).toEqual([403, 'ROOM_NOT_ALLOWED']);
    const refused = await ask('hall', 'stubborn');
    expect(refused.steps).toEqual([
      expect.objectContaining({ step: 'token_refused', times: 30, code: 'ROOM_NOT_ALLOWED' }),
    ]);
    const { sid, identity } = await visitors.enter('stage/2', { sub: 'flicker' });
    for (let count = 0; count < 40; count++) {
      const event = count % 2 === 0 ? 'track_published' : 'track_unpublished';
      const content = { room: { name: 'stage/2' }, participant: { sid, identity }, track: { sid: `TR_${count}` } };
      await sendWebhook(service.url, eventBody(event, content));
    }
    const { steps } = await ask('stage/2', 'flicker');
    expect(steps.map(({ step }) => step)).toEqual([
      'token_issued',
      'joined',
      ...Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? 'track_published' : 'track_unpublished')),
    ]);
  });
});

describe('the cause', () => {
  const token = (room: string, sub: string): Promise<unknown> => visitors.ask(room, { sub });

  it.each([
    ['never_asked', async () => {}],
    ['name_mismatch', () => token('stage-Room 1', 'Walker')],
    ['in_now', () => visitors.enter('stage-room1', { sub: 'walker' })],
    ['just_issued', () => token('stage-room1', 'walker')],
  ])('%s', async (cause, happen) => {
    await happen();
    expect(await causeOf('stage-room1', 'walker')).toBe(cause);
    livekit.leave('stage-room1', 'walker');
  });
});

describe('the gate', () => {
  const come = async (identity: string, claims: Record<string, unknown> = {}, video: object = {}): Promise<number> => {
    const token = await joinToken('stage-gate', identity, video, { claims });
    return (await askGate(service.url, { uri: `/rtc?access_token=${token}` })).status;
  };
  const gateSteps = async (identity: string): Promise<object[]> =>
    (await ask('stage-gate', identity)).steps.filter(({ step }) => step.startsWith('gate_'));

  it('that opened tells that the client reached LiveKit, once for all its attempts', async () => {
    await visitors.ask('stage-gate', { sub: 'knocker' });
    for (let count = 0; count < 3; count++) expect(await come('knocker')).toBe(204);
    const at = expect.stringMatching(/Z$/) as unknown;
    expect(await gateSteps('knocker')).toEqual([{ step: 'gate_opened', at, code: 'ADMITTED', times: 3 }]);
    expect((await ask('stage-gate', 'knocker')).conclusion).toMatchObject({
      cause: 'connecting',
      text: expect.stringContaining('the gate has let the client through') as unknown,
    });
  });

  it('that refused tells why', async () => {
    await visitors.ask('stage-gate', { sub: 'sleeper', sid: 'session of sleeper' });
    const body = new URLSearchParams({ logout_token: await issuer.signLogout({ sid: 'session of sleeper' }) });
    expect((await fetch(`${service.url}/access/backchannel-logout`, { method: 'POST', body })).status).toBe(200);
    expect(await come('sleeper')).toBe(403);
    expect(await gateSteps('sleeper')).toEqual([
      expect.objectContaining({ step: 'gate_refused', code: 'ACCESS_REVOKED', cause: 'logout' }),
    ]);
    expect(await causeOf('stage-gate', 'sleeper')).toBe('logged_out');

    expect(await come('late', { exp: Math.floor(Date.now() / 1000) - 65 })).toBe(401);
    expect(await causeOf('stage-gate', 'late')).toBe('token_expired');

    await visitors.ask('stage-gate', { sub: 'wide' });
    expect(await come('wide', {}, { roomAdmin: true })).toBe(403);
    expect(await causeOf('stage-gate', 'wide')).toEqual(['gate_refused', 'just_issued']);
  });

  it('names what LiveKit alone does not tell, as time passes', async () => {
    stopClock();
    try {
      for (const sub of ['absent', 'passing']) await visitors.ask('stage-gate', { sub });
      pass(1_000);
      expect(await come('passing')).toBe(204);
      pass(20_000);
      expect(await causeOf('stage-gate', 'absent')).toBe('livekit_not_reached');
      expect(await causeOf('stage-gate', 'passing')).toEqual(['gate_passed', 'no_media']);
      pass(60_000);
      expect(await causeOf('stage-gate', 'passing')).toBe('gate_passed');
      // Both tokens are over.
      pass(8 * 3_600_000);
      expect(await causeOf('stage-gate', 'absent')).toBe('livekit_not_reached');
      expect(await come('passing', { exp: Math.floor(Date.now() / 1000) - 65 })).toBe(401);
      expect(await causeOf('stage-gate', 'passing')).toBe('token_expired');
    } finally {
      jest.useRealTimers();
    }
  });

  it('tells nothing of tokens that are not genuine', async () => {
    const forged = await joinToken('stage-gate', 'forged', {}, { secret: 'another' });
    await askGate(service.url, { uri: `/rtc?access_token=${forged}` });
    expect(await causeOf('stage-gate', 'forged')).toBe('never_asked');
  });

  it.each([
    ['wrong_url', 'allow'],
    ['just_issued', 'refuse'],
  ])('%s if LIVEKIT_URL responds with 403 and GATE_UNKNOWN is %s', async (cause, unknown) => {
    const closed = createServer((_request, response) => response.writeHead(403).end()).listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const other = await startApp({
      ...issuer.settings,
      LIVEKIT_INTERNAL_URL: livekit.url,
      LIVEKIT_URL: `ws://127.0.0.1:${(closed.address() as AddressInfo).port}`,
      JOIN_RULES_FILE: temporaryFile(RULES).path,
      GATE_UNKNOWN: unknown,
    });
    await visitors.ask('stage-gate', { sub: 'probed' }, other.url);
    expect((await ask('stage-gate', 'probed', HOST, other.url)).conclusion.cause).toBe(cause);
    await other.close();
    closed.close();
    closed.closeAllConnections();
  });
});

describe('operators', () => {
  const target = '/livekit/journey?room=stage%2F1&identity=walker';
  const asked = async (authorization?: string, address = target): Promise<[number, string | undefined]> => {
    const headers = authorization === undefined ? undefined : { authorization };
    const response = await fetch(service.url + address, headers && { headers });
    return [response.status, ((await response.json()) as Told).code];
  };

  it('get the whole response by a signature of the address with a key of LiveKit, and by nothing else', async () => {
    const signature = await signWebhook(target);
    expect(await asked(signature)).toEqual([200, undefined]);
    expect(await asked(signature, '/livekit/journey?room=stage&identity=walker')).toEqual([
      401,
      'WEBHOOK_SIGNATURE_INVALID',
    ]);
    expect(await asked(await signWebhook(target, { secret: 'another' }))).toEqual([401, 'WEBHOOK_SIGNATURE_INVALID']);
    const host = await issuer.sign(HOST);
    const response = await service.post(
      '/livekit/token',
      { room_name: 'stage/1' },
      { authorization: `Bearer ${host}` },
    );
    const { participant_token: token } = (await response.json()) as { participant_token: string };
    for (const authorization of [undefined, `Bearer ${token}`, `Bearer ${host}`]) {
      expect(await asked(authorization)).toEqual([401, 'WEBHOOK_SIGNATURE_INVALID']);
    }
  });

  it('ask by npm run doctor', async () => {
    const participant = { room: 'stage/1', identity: 'walker' };
    const settings = { SERVER_PORT: new URL(service.url).port };
    const lines = await examine(settings, 'journey', { participant });
    expect(lines[1]).toMatch(/^ok: \d{4}-\S+ token_issued: requestId \S+, route \/livekit\/token, /);
    expect(lines.at(-1)).toMatch(/^warning: left_by_itself: /);
    const other = { room: 'hall', identity: 'stubborn' };
    expect((await examine(settings, 'journey', { participant: other })).at(-1)).toMatch(
      /^fault: refused: .*ROOM_NOT_ALLOWED/,
    );
    expect(await examine({ ...settings, ...OWN_KEY }, 'journey', { participant })).toEqual([
      expect.stringMatching(/^fault: .* does not accept the LiveKit key/),
    ]);
    expect(await examine({ SERVER_PORT: '9' }, 'journey', { participant })).toEqual([
      expect.stringMatching(/^fault: The service cannot be reached at port 9 /),
    ]);
  });
});

it('docs/journey.md lists every cause', () => {
  const page = readFileSync(new URL('../docs/journey.md', import.meta.url), 'utf8');
  const listed = [...page.matchAll(/^\| (`[^|]+`) \|/gm)].flatMap(([, causes = '']) => [
    ...causes.matchAll(/`(\w+)`/g),
  ]);
  expect(new Set(listed.map(([, cause]) => cause))).toEqual(new Set(Object.keys(CAUSES)));
});
