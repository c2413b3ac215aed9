/** The terms of access hold for those who are inside: rights that are withdrawn are gone, and access ends at its time. */
import { setTimeout as pause } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { RoomServiceClient } from 'livekit-server-sdk';

import { Participant } from '../livekit/support/participant.js';
import { eventually } from '../../src/testing/eventually.js';
import { FakeIssuer } from '../../src/testing/fake-issuer.js';
import { quickest } from '../support/quickest.js';
import { type TemporaryFile, temporaryFile } from '../support/temporary-file.js';

import { Instances, tokenFrom } from './support/instances.js';

const RULES = `
- rooms: [studio]
  callers: { groups: guests }
- rooms: [studio]
- rooms: [brief]
  callers: { groups: hosts }
  grants: { roomAdmin: true }
- rooms: [brief]
  stay: 1m
`;
const GUESTS_LISTEN = RULES.replace('groups: guests }', 'groups: guests }\n  grants: { canPublish: false }');

let issuer: FakeIssuer;
let rules: TemporaryFile;
let instances: Instances;
let rooms: RoomServiceClient;
beforeAll(async () => {
  issuer = await FakeIssuer.start();
  rules = temporaryFile(RULES);
  instances = await Instances.start({ ...issuer.settings, JOIN_RULES_FILE: rules.path });
  const { url, apiKey, apiSecret } = instances.livekit;
  rooms = new RoomServiceClient(url, apiKey, apiSecret);
});
afterAll(() => issuer.stop());

const tokenOf = async (sub: string, room: string, instance: 0 | 1, groups: string[] = []): Promise<string> =>
  tokenFrom(instances.urls[instance], await issuer.sign({ sub, groups }), room);
const join = (token: string): Promise<Participant> => Participant.join(instances.livekit.url, token);
const isInside = async (room: string, identity: string): Promise<boolean> =>
  (await rooms.listParticipants(room)).some((participant) => participant.identity === identity);

describe('a right to publish that the rules withdraw', () => {
  /** Whether LiveKit lets her publish, and what she publishes. */
  const published = async () => {
    const { permission, tracks } = await rooms.getParticipant('studio', 'alice');
    return { canPublish: permission?.canPublish, tracks: tracks.length };
  };
  const heardBy = (participant: Participant): number =>
    participant.events.filter(({ event }) => event === 'trackSubscribed').length;
  const listensOnly = async (): Promise<boolean> => {
    const { canPublish, tracks } = await published();
    return canPublish === false && tracks === 0;
  };

  it('is gone for whoever is inside: the track ends for the others, and an old token does not bring it back', async () => {
    const bob = await join(await tokenOf('bob', 'studio', 1));
    const wide = await tokenOf('alice', 'studio', 0, ['guests']);
    const alice = await join(wide);
    await alice.publish();
    await bob.told('trackSubscribed');
    expect(await published()).toEqual({ canPublish: true, tracks: 1 });

    rules.replace(GUESTS_LISTEN);
    await bob.told('trackUnsubscribed');
    await eventually(listensOnly);
    expect(alice.events.filter(({ event }) => event === 'disconnected')).toEqual([]);
    await expect(alice.publish()).rejects.toThrow('publish');
    await alice.end();

    const again = await join(wide);
    await eventually(listensOnly);
    await expect(again.publish()).rejects.toThrow('publish');
    expect(await listensOnly()).toBe(true);
    expect(heardBy(bob)).toBe(1);
    expect(bob.events.filter(({ event }) => event === 'disconnected')).toEqual([]);
  });
});

describe('access that ends at a time', () => {
  /** In milliseconds, as a host is told it. */
  const endOfAccess = async (identity: string): Promise<number> => {
    const headers = { authorization: `Bearer ${await issuer.sign({ sub: 'host', groups: ['hosts'] })}` };
    return eventually(async () => {
      const response = await fetch(`${instances.urls[0]}/access/rooms/brief/participants`, { headers });
      const { participants } = (await response.json()) as { participants: { identity: string; endsAt: string }[] };
      const found = participants.find((participant) => participant.identity === identity);
      return found !== undefined && Date.parse(found.endsAt);
    });
  };
  const enterAfter = async (identity: string, milliseconds: number) => {
    await pause(milliseconds);
    const token = await tokenOf(identity, 'brief', 0);
    const participant = await join(token);
    return { token, participant, endsAt: await endOfAccess(identity) };
  };
  /** When the instance that removed the participant said so. */
  const endedAt = (identity: string): Promise<number> =>
    eventually(() => {
      const lines = instances
        .output()
        .split('\n')
        .filter((line) => line.includes('"ended"'))
        .map((line) => JSON.parse(line) as { identity?: string; timestamp: number });
      return lines.find((line) => line.identity === identity)?.timestamp;
    });

  it('is over within a second of it, or within two of the return of LiveKit', async () => {
    const endOf = (token: string): number => Number(decodeJwt(token).exp) * 1000;
    // A busy machine may hold up one end, hardly all of them.
    const carols = await Promise.all(
      ['carol', 'caroline', 'carolyn'].map((identity, index) => enterAfter(identity, index * 2_000)),
    );
    // So that his access ends after all of theirs.
    await pause(4_000);
    const second = await tokenOf('dave', 'brief', 1);
    const dave = await join(second);
    const renewed = await eventually(async () => {
      const token = await dave.token();
      return token !== second && token;
    });
    expect(endOf(renewed)).toBeGreaterThan(endOf(second));

    const lateness = await Promise.all(
      carols.map(async ({ token, participant, endsAt }) => {
        // A token ends in whole seconds, and lasts for whole seconds.
        expect(endOf(token)).toBeLessThanOrEqual(endsAt);
        expect(endOf(token)).toBeGreaterThan(endsAt - 2_000);
        await eventually(() => participant.events.some(({ event }) => event === 'disconnected'), 90_000);
        expect(participant.events).toContainEqual({ event: 'disconnected', reason: 'PARTICIPANT_REMOVED' });
        return (await endedAt(participant.identity)) - endsAt;
      }),
    );
    for (const late of lateness) expect(late).toBeGreaterThanOrEqual(0);
    expect(Math.min(...lateness)).toBeLessThan(1_000);
    expect(dave.events).toEqual([]);

    await instances.livekit.stop();
    await dave.end();
    await pause(endOf(second) + 1_000 - Date.now());
    await instances.startLiveKit();
    const removed = async (): Promise<number> => {
      // On a slow machine he is out before his client has joined.
      const again = await join(renewed).catch(() => undefined);
      const since = performance.now();
      if (again !== undefined) expect((await again.told('disconnected')).reason).toBe('PARTICIPANT_REMOVED');
      return performance.now() - since;
    };
    expect(await quickest(2_000, removed)).toBeLessThan(2_000);
    await eventually(async () => !(await isInside('brief', 'dave')));
  });
});
