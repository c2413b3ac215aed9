/** What must hold although rules change under a crowd, webhooks are lost, LiveKit is away, or both instances are killed. */
import { setTimeout as pause } from 'node:timers/promises';

import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { DisconnectReason, SignalResponse } from '@livekit/protocol';
import { RoomServiceClient } from 'livekit-server-sdk';

import { openSignal } from '../livekit/support/livekit.client.js';
import { eventually } from '../../src/testing/eventually.js';
import { FakeIssuer } from '../../src/testing/fake-issuer.js';
import { quickest } from '../support/quickest.js';
import { type TemporaryFile, temporaryFile } from '../support/temporary-file.js';

import { Crowd } from './support/crowd.js';
import { Instances, tokenFrom } from './support/instances.js';

const RECONCILE_MS = 2_000;

/** Of a large crowd. */
const ROOMS = 5;

/** While both instances are killed. */
const LOGOUTS = 200;

const BOTH_GROUPS = `
- rooms: ['*']
  callers: { groups: [staff, guests] }
`;
const STAFF_ALONE = `
- rooms: ['*']
  callers: { groups: staff }
`;

let issuer: FakeIssuer;
let rules: TemporaryFile;
let instances: Instances;
let rooms: RoomServiceClient;
beforeAll(async () => {
  issuer = await FakeIssuer.start();
  rules = temporaryFile(BOTH_GROUPS);
  instances = await Instances.start({
    ...issuer.settings,
    JOIN_RULES_FILE: rules.path,
    ACCESS_RECONCILE: `${RECONCILE_MS / 1000}s`,
  });
  const { url, apiKey, apiSecret } = instances.livekit;
  rooms = new RoomServiceClient(url, apiKey, apiSecret);
});
afterEach(async () => {
  instances.proxy.fate = () => 'pass';
  rules.replace(BOTH_GROUPS);
  for (const { name } of await rooms.listRooms()) await rooms.deleteRoom(name).catch(() => undefined);
});

/** Of all rooms. */
const identities = async (): Promise<string[]> => {
  const names = (await rooms.listRooms()).map(({ name }) => name);
  const found = await Promise.all(names.map((name) => rooms.listParticipants(name).catch(() => [])));
  return found.flat().map(({ identity }) => identity);
};

/** Gets tokens from both instances in turn, and joins; in as many rooms, since everybody in a room is told of everybody else. */
async function crowd(name: string, count: number, group: string, spread = 1): Promise<Crowd> {
  const tokens = Array.from({ length: count }, async (_, index) => {
    const access = await issuer.sign({ sub: `${group} ${index}`, sid: `${name} ${index}`, groups: [group] });
    const url = instances.urls[index % 2 === 0 ? 0 : 1];
    // The instances read changed rules within a second.
    return eventually(() => tokenFrom(url, access, `${name} ${index % spread}`).catch(() => undefined));
  });
  return Crowd.join(instances.livekit.url, await Promise.all(tokens));
}

const logOut = async (url: string, sid: string): Promise<number | undefined> => {
  const body = new URLSearchParams({ logout_token: await issuer.signLogout({ sid }) });
  const sent = fetch(`${url}/access/backchannel-logout`, { method: 'POST', body });
  return sent.then(
    ({ status }) => status,
    () => undefined,
  );
};

describe('a group that the rules drop', () => {
  it('leaves within 3 s, and the others notice nothing', async () => {
    const staff = await crowd('seminar', 150, 'staff', ROOMS);
    const once = async (): Promise<number> => {
      rules.replace(BOTH_GROUPS);
      const guests = await crowd('seminar', 50, 'guests', ROOMS);
      const since = Date.now();
      rules.replace(STAFF_ALONE);
      await eventually(() => guests.gone.size === 50);
      expect(guests.reasons).toEqual(new Set(['PARTICIPANT_REMOVED']));
      return Math.max(...guests.gone.values()) - since;
    };
    expect(await quickest(3_000, once)).toBeLessThan(3_000);
    expect(staff.reasons).toEqual(new Set());
    // LiveKit tells participants of their removal a moment before it lists them no more.
    await eventually(async () => !(await identities()).some((identity) => identity.startsWith('guests')));
  });
});

describe('a participant whose session has ended', () => {
  it('leaves within the interval of comparisons if all webhooks are lost', async () => {
    instances.proxy.fate = () => 'drop';
    const once = async (attempt: number): Promise<number> => {
      const guest = await crowd(`unseen ${attempt}`, 1, 'guests');
      expect(await logOut(instances.urls[1], `unseen ${attempt} 0`)).toBe(200);
      const since = Date.now();
      await eventually(() => guest.gone.size === 1);
      return (guest.gone.get('guests 0') ?? Infinity) - since;
    };
    const limit = RECONCILE_MS + 2_000;
    expect(await quickest(limit, once)).toBeLessThan(limit);
  });

  it('leaves with a connection by `publish`, which LiveKit names otherwise', async () => {
    const access = await issuer.sign({ sub: 'alice', sid: 'publishing', groups: ['staff'] });
    const token = await tokenFrom(instances.urls[0], access, 'publishing');
    const { join, socket } = await openSignal(instances.livekit.url, token, { publish: 'camera' });
    expect(join.participant?.identity).toBe('alice#camera');
    const reasons: (DisconnectReason | undefined)[] = [];
    socket.on('message', (frame: Buffer) => {
      const { message } = SignalResponse.fromBinary(frame);
      if (message.case === 'leave') reasons.push(message.value.reason);
    });
    expect(await logOut(instances.urls[1], 'publishing')).toBe(200);
    await eventually(() => reasons.length > 0);
    expect(reasons).toEqual([DisconnectReason.PARTICIPANT_REMOVED]);
    socket.close();
  });

  it('is never one who may stay, although webhooks are lost, repeated or late', async () => {
    let request = 0;
    instances.proxy.fate = () => {
      request += 1;
      if (request % 3 === 0) return 'drop';
      return request % 3 === 1 ? 'repeat' : { delayMs: 1_500 };
    };
    const staying = await crowd('noisy', 20, 'staff');
    const leaving = await crowd('noisy', 10, 'guests');
    for (let index = 0; index < 10; index += 1) expect(await logOut(instances.urls[0], `noisy ${index}`)).toBe(200);
    await eventually(() => leaving.gone.size === 10);
    // The sessions of the first ten of the staff have the same names.
    await eventually(() => staying.gone.size === 10);
    await pause(2 * RECONCILE_MS);
    expect(staying.gone.size).toBe(10);
  });

  it('leaves although both instances are killed in the middle of the logouts', async () => {
    const people = await crowd('killed', LOGOUTS, 'staff', ROOMS);
    const pending = new Set(Array.from({ length: LOGOUTS }, (_, index) => `killed ${index}`));
    let killed: Promise<void> | undefined;
    // As a provider does that repeats what was not answered.
    while (pending.size > 0) {
      for (const sid of pending) {
        if (pending.size === LOGOUTS / 2) killed ??= instances.killAll().then(() => instances.startAll());
        const status = await logOut(instances.urls[pending.size % 2 === 0 ? 0 : 1], sid);
        if (status === 200) pending.delete(sid);
      }
      await pause(50);
    }
    await killed;
    await eventually(() => people.gone.size === LOGOUTS, 90_000);
    expect(people.reasons).toEqual(new Set(['PARTICIPANT_REMOVED']));
    await eventually(async () => (await identities()).length === 0);
  });
});
