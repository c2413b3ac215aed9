import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { eventually, FakeIssuer, type RunningApp, startApp, verifyToken } from 'livekit-token-service/testing';

import { MeetingsModule } from './meetings.module.js';

const MINUTE = 60_000;

describe('meetings', () => {
  let issuer: FakeIssuer;
  let service: RunningApp;
  beforeAll(async () => {
    issuer = await FakeIssuer.start();
    service = await startApp(issuer.settings, { modules: [MeetingsModule] });
    await create({ room: 'now' });
    await create({ room: 'later', startsAt: at(60), endsAt: at(90) });
    await create({ room: 'over', startsAt: at(-90), endsAt: at(-60) });
  });
  afterAll(async () => {
    await service.close();
    await issuer.stop();
  });

  const at = (minutes: number): string => new Date(Date.now() + minutes * MINUTE).toISOString();
  const as = async (sub: string): Promise<Record<string, string>> => ({
    authorization: `Bearer ${await issuer.sign({ sub })}`,
  });
  const create = async (changes: object): Promise<Response> => {
    const meeting = { room: 'now', startsAt: at(-1), endsAt: at(5), members: ['bob'], ...changes };
    return service.post('/meetings', meeting, await as('alice'));
  };
  const join = async (sub: string, room_name: string): Promise<Record<string, unknown>> =>
    (await (await service.post('/livekit/token', { room_name }, await as(sub))).json()) as Record<string, unknown>;

  it('lets members in until the end, and the host administer the room', async () => {
    const ofHost = await verifyToken((await join('alice', 'now'))['participant_token'] as string);
    const ofMember = await verifyToken((await join('bob', 'now'))['participant_token'] as string);
    expect(ofHost.video).toMatchObject({ room: 'now', roomAdmin: true });
    expect(ofMember.video).toMatchObject({ room: 'now', roomAdmin: false });
    // TOKEN_TTL is 10 minutes, and the meeting ends in 5.
    expect((ofMember.exp ?? 0) * 1000).toBeLessThanOrEqual(Date.now() + 5 * MINUTE);
  });

  it.each([
    ['eve', 'now', { code: 'NOT_INVITED' }],
    ['bob', 'never', { code: 'NOT_INVITED' }],
    ['bob', 'later', { code: 'MEETING_NOT_STARTED', startsAt: expect.stringMatching(/^\d{4}-.*Z$/) }],
    ['bob', 'over', { code: 'ACCESS_ENDED' }],
  ])('refuses %s in the room %s', async (sub, room, problem) => {
    expect(await join(sub, room)).toMatchObject({ status: 403, ...problem });
  });

  it.each([
    [{ room: 'now' }, 409, { code: 'MEETING_EXISTS' }],
    [{ room: 'x', startsAt: at(2), endsAt: at(1) }, 400, { code: 'MEETING_TIMES' }],
    [
      { room: '', startsAt: 'soon', members: 'bob' },
      400,
      { errors: [{ pointer: '/room' }, { pointer: '/startsAt' }, { pointer: '/members' }] },
    ],
  ])('does not create %j', async (changes, status, problem) => {
    const response = await create(changes);
    expect([response.status, await response.json()]).toMatchObject([status, problem]);
  });

  const health = async (): Promise<string> => (await fetch(`${service.url}/health/ready`)).text();

  it('has its database in the health report', async () => {
    // A check that takes over 500 ms is reported when it is done.
    await eventually(async () => (await health()).includes('"meetings":{"status":"up"'));
  });
});
