/** An administrator of Keycloak logs Alice out: she leaves, on whichever instance she was admitted, and no old token brings her back. */
import { setTimeout as pause } from 'node:timers/promises';

import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { RoomServiceClient } from 'livekit-server-sdk';

import { Keycloak } from '../identity/support/keycloak.js';
import { Participant } from '../livekit/support/participant.js';
import { eventually } from '../../src/testing/eventually.js';
import { quickest } from '../support/quickest.js';

import { askFor, Instances, tokenFrom } from './support/instances.js';

/** Milliseconds in which a participant whose access has ended must be out. */
const LIMIT = 2_000;

let keycloak: Keycloak;
let instances: Instances;
let rooms: RoomServiceClient;
beforeAll(async () => {
  keycloak = await Keycloak.start();
  instances = await Instances.start({
    AUTH_MODE: 'oidc',
    OIDC_ISSUER: keycloak.issuer,
    OIDC_CLIENT_IDS: 'web',
    OIDC_IDENTITY_CLAIM: 'preferred_username',
  });
  const { url, apiKey, apiSecret } = instances.livekit;
  rooms = new RoomServiceClient(url, apiKey, apiSecret);
});

let room: string;
let number = 0;
const nextRoom = (): string => `room ${(number += 1)}`;
afterEach(async () => {
  for (const { name } of await rooms.listRooms()) await rooms.deleteRoom(name).catch(() => undefined);
});

const identities = async (name = room): Promise<string[]> =>
  (await rooms.listParticipants(name)).map(({ identity }) => identity);
const hearLogoutsAt = (instance: 0 | 1): Promise<void> =>
  keycloak.sendLogouts('web', `${instances.urls[instance]}/access/backchannel-logout`);
const join = (token: string): Promise<Participant> => Participant.join(instances.livekit.url, token);

/** The service knows of a participant by a webhook. */
const untilPresent = (participant: Participant): Promise<unknown> =>
  eventually(() => identities().then((found) => found.includes(participant.identity)));

/** By both instances, one of which hears of it from the other. */
const untilRefused = (bearer: string): Promise<unknown> =>
  eventually(async () => {
    const responses = await Promise.all(instances.urls.map((url) => askFor(url, bearer, room)));
    return responses.every(({ status }) => status === 401);
  });

/** The milliseconds until the participant was sent out. */
async function removalOf(participant: Participant, since = performance.now()): Promise<number> {
  const { reason } = await participant.told('disconnected');
  expect(reason).toBe('PARTICIPANT_REMOVED');
  return performance.now() - since;
}

describe('a logout by an administrator of Keycloak', () => {
  it.each([
    [0, 0],
    [0, 1],
    [1, 0],
  ] as const)('sends out who was admitted by instance %d, when instance %d hears of it', async (admitting, hearing) => {
    await hearLogoutsAt(hearing);
    let bearer = '';
    let bob: Participant | undefined;
    const removed = async (): Promise<number> => {
      room = nextRoom();
      bearer = (await keycloak.signIn('alice')).access_token;
      bob = await join(await tokenFrom(instances.urls[1], (await keycloak.signIn('bob')).access_token, room));
      const alice = await join(await tokenFrom(instances.urls[admitting], bearer, room));
      await untilPresent(alice);
      const since = performance.now();
      await keycloak.signOut('alice');
      return removalOf(alice, since);
    };
    expect(await quickest(LIMIT, removed)).toBeLessThan(LIMIT);
    await untilRefused(bearer);
    // LiveKit tells a participant of its removal a moment before it lists it no more.
    await eventually(async () => (await identities()).join() === 'bob');
    expect(bob?.events).toEqual([]);
  });

  it('keeps out all tokens from before, and lets her in when she has logged in again', async () => {
    room = nextRoom();
    await hearLogoutsAt(0);
    const { access_token: bearer } = await keycloak.signIn('alice');
    const original = await tokenFrom(instances.urls[1], bearer, room);
    const alice = await join(original);
    const renewed = await eventually(async () => {
      const token = await alice.token();
      return token !== original && token;
    });
    await rooms.updateParticipant(room, 'alice', { permission: { canSubscribe: true, canPublishData: false } });
    const changed = await eventually(async () => {
      const token = await alice.token();
      return token !== renewed && token;
    });

    await keycloak.signOut('alice');
    await alice.told('disconnected');
    for (const token of [original, renewed, changed]) {
      // On a slow machine it is out before its client has joined.
      const again = (): Promise<number> => join(token).then(removalOf, () => 0);
      expect(await quickest(LIMIT, again)).toBeLessThan(LIMIT);
    }
    const next = await join(await tokenFrom(instances.urls[0], (await keycloak.signIn('alice')).access_token, room));
    await pause(LIMIT);
    expect(next.events).toEqual([]);
    await eventually(async () => (await identities()).join() === 'alice');
  });

  it('of one session leaves the other one where it is', async () => {
    await hearLogoutsAt(1);
    let desk = '';
    const phone = (await keycloak.signIn('alice')).access_token;
    const atPhone = await join(await tokenFrom(instances.urls[0], phone, nextRoom()));
    const removed = async (): Promise<number> => {
      desk = (await keycloak.signIn('alice')).access_token;
      room = nextRoom();
      const atDesk = await join(await tokenFrom(instances.urls[0], desk, room));
      await untilPresent(atDesk);
      const since = performance.now();
      await keycloak.endSession(String(decodeJwt(desk)['sid']));
      return removalOf(atDesk, since);
    };
    expect(await quickest(LIMIT, removed)).toBeLessThan(LIMIT);
    await untilRefused(desk);
    expect((await askFor(instances.urls[0], phone, room)).status).toBe(201);
    await pause(LIMIT);
    expect(atPhone.events).toEqual([]);
  });
});
