/** The moderation example against a real participant: removed, refused a new token, and removed again with an old one. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { ModerationModule } from '../../examples/moderation/moderation.module.js';
import type { RunningApp } from '../../src/testing/start-app.js';
import { eventually } from '../../src/testing/eventually.js';
import { FakeIssuer } from '../../src/testing/fake-issuer.js';
import { validate } from './support/livekit.client.js';
import type { LiveKit } from './support/livekit.js';
import { Participant } from './support/participant.js';
import { stopPrograms } from './support/program.js';
import { startTeam } from './support/team.js';

const ROOM = 'Größe & 日本語';
const GUEST = 'guest/1 ü';

let issuer: FakeIssuer;
let livekit: LiveKit;
let app: RunningApp;
let host: string;
let guest: string;

beforeAll(async () => {
  issuer = await FakeIssuer.start();
  const settings = { ...issuer.settings, HOSTS_CLAIM: 'role', HOSTS_VALUE: 'chair' };
  ({ livekit, app } = await startTeam({ modules: [ModerationModule] }, { settings }));
  host = `Bearer ${await issuer.sign({ sub: 'host', role: 'chair' })}`;
  guest = `Bearer ${await issuer.sign({ sub: GUEST, name: 'A guest' })}`;
});

afterAll(stopPrograms);

const ask = (authorization: string, roomName = ROOM): Promise<Response> =>
  app.post('/token', { roomName, participantName: 'p' }, { authorization });

const tokenFor = async (authorization: string): Promise<string> => (await (await ask(authorization)).json()) as string;

const moderate = (method: string, path = ''): Promise<Response> =>
  fetch(`${app.url}/moderation/rooms/${encodeURIComponent(ROOM)}/participants${path}`, {
    method,
    headers: { authorization: host },
  });

const present = async (): Promise<unknown> => await (await moderate('GET')).json();

/** LiveKit tells a participant of its removal a moment before it lists it no more. */
const untilTheHostIsAlone = (): Promise<unknown> =>
  eventually(async () => {
    const alone = { participants: [{ identity: 'host', name: 'p' }] };
    return JSON.stringify(await present()) === JSON.stringify(alone);
  });

describe('whom a host removes', () => {
  let token: string;
  let participant: Participant;
  beforeAll(async () => {
    const chair = await Participant.join(livekit.url, await tokenFor(host));
    token = await tokenFor(guest);
    participant = await Participant.join(livekit.url, token);
    expect([chair.identity, participant.identity]).toEqual(['host', GUEST]);
  });

  it('is seen before', async () => {
    const participants = [
      { identity: GUEST, name: 'A guest' },
      { identity: 'host', name: 'p' },
    ];
    expect(await present()).toEqual({ participants: expect.arrayContaining(participants) });
  });

  it('is put out, and gets no new token for the room', async () => {
    expect((await moderate('DELETE', `/${encodeURIComponent(GUEST)}`)).status).toBe(204);
    expect(await participant.told('disconnected')).toMatchObject({ reason: 'PARTICIPANT_REMOVED' });
    await untilTheHostIsAlone();
    expect((await ask(guest)).status).toBe(403);
    // Webhooks of LiveKit are logged at any time.
    expect(app.output.lines()).toContainEqual(expect.objectContaining({ code: 'REMOVED_FROM_ROOM', room: ROOM }));
    expect((await ask(guest, 'another room')).status).toBe(200);
  });

  it('is put out again when coming back with the token from before, which LiveKit still takes', async () => {
    expect(await validate(livekit.url, token)).toMatchObject([{ status: 200 }, { status: 200 }]);
    const again = await Participant.join(livekit.url, token);
    expect(await again.told('disconnected')).toMatchObject({ reason: 'PARTICIPANT_REMOVED' });
    await untilTheHostIsAlone();
  });

  it('may have left already', async () => {
    expect((await moderate('DELETE', `/${encodeURIComponent(GUEST)}`)).status).toBe(204);
  });
});
