/** What a team's listeners see of calls that LiveKit's own clients make with tokens of the service. */
import { EventEmitter, once } from 'node:events';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DisconnectReason } from '@livekit/protocol';
import { Injectable, Module } from '@nestjs/common';
import { RoomServiceClient } from 'livekit-server-sdk';

import type { LiveKitEvent } from '../../src/webhook/livekit-event.js';
import { OnLiveKitEvent } from '../../src/webhook/on-livekit-event.decorator.js';
import type { RunningApp } from '../../src/testing/start-app.js';
import { eventually } from '../../src/testing/eventually.js';
import type { LiveKit } from './support/livekit.js';
import { Participant } from './support/participant.js';
import { stopPrograms } from './support/program.js';
import { requestStandardToken, requestToken } from './support/service.js';
import { startTeam } from './support/team.js';

type CallEvent = Exclude<LiveKitEvent, { event: `${'egress' | 'ingress'}_${string}` }>;

@Injectable()
class Recorder {
  readonly events: CallEvent[] = [];

  @OnLiveKitEvent([
    'room_started',
    'room_finished',
    'participant_joined',
    'participant_left',
    'participant_connection_aborted',
    'track_published',
    'track_unpublished',
  ])
  record(event: CallEvent): void {
    this.events.push(event);
  }
}

/** Its effect must happen, and must happen once, however long it takes. */
@Injectable()
class Ledger {
  readonly entries: string[] = [];
  /** Rooms whose entries wait for a word to go on. */
  readonly held = new Map<string, EventEmitter>();

  @OnLiveKitEvent(['room_started', 'room_finished'], { mustSucceed: true })
  async enter({ event, room }: LiveKitEvent<'room_started' | 'room_finished'>): Promise<void> {
    this.entries.push(`${event} ${room.name}`);
    const pause = this.held.get(room.name);
    if (pause) await once(pause, 'go on');
  }
}

@Module({ providers: [Recorder, Ledger] })
class ListenersModule {}

let livekit: LiveKit;
let app: RunningApp;
let ledger: Ledger;

beforeAll(async () => {
  // Each event comes twice, as it does where LiveKit is told two addresses of a service.
  ({ livekit, app } = await startTeam({ modules: [ListenersModule] }, { addresses: 2 }));
  ledger = app.app.get(Ledger);
});

afterAll(stopPrograms);

const eventsOf = (room: string): CallEvent[] =>
  app.app.get(Recorder).events.filter((event) => event.room.name === room);

const comes = (room: string, event: string, sid: string): Promise<unknown> =>
  eventually(() => eventsOf(room).some((one) => one.event === event && summary(one)[1] === sid));

const ends = (room: string): Promise<unknown> =>
  eventually(() => eventsOf(room).some(({ event }) => event === 'room_finished'));

/** An event, and whom or what it is about. */
function summary(event: CallEvent): [event: string, about?: string] {
  if ('track' in event) return [event.event, event.track.sid];
  return 'participant' in event ? [event.event, event.participant.sid] : [event.event];
}

/** What became of the webhooks that LiveKit sent about a room. */
function outcomes(room: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { context, room: about, message } of app.output.lines()) {
    if (context === 'Webhook' && about === room) counts[String(message)] = (counts[String(message)] ?? 0) + 1;
  }
  return counts;
}

describe('a call', () => {
  const room = 'Größe  日本語 🎉';

  it('is heard of from its beginning to its end, in order', async () => {
    const alice = await Participant.join(livekit.url, await requestToken(app, room, 'Alice'));
    await comes(room, 'participant_joined', alice.sid);
    const wishes = { room_name: room, participant_identity: 'Bob' };
    const bob = await Participant.join(livekit.url, await requestStandardToken(app, wishes));
    await comes(room, 'participant_joined', bob.sid);
    const track = await alice.publish();
    expect(await bob.told('trackSubscribed')).toMatchObject({ kind: 'KIND_AUDIO', sid: track, identity: 'Alice' });
    await comes(room, 'track_published', track);
    await alice.leave();
    await comes(room, 'participant_left', alice.sid);
    await bob.leave();
    await ends(room);

    expect(eventsOf(room).map(summary)).toEqual([
      ['room_started'],
      ['participant_joined', alice.sid],
      ['participant_joined', bob.sid],
      ['track_published', track],
      ['track_unpublished', track],
      ['participant_left', alice.sid],
      ['participant_left', bob.sid],
      ['room_finished'],
    ]);
  });

  it('is one room all the time, and its events come once each, though LiveKit sends each of them twice', async () => {
    await eventually(() => outcomes(room)['duplicate'] === 8);
    expect(outcomes(room)).toEqual({ accepted: 8, duplicate: 8 });
    const events = eventsOf(room);
    expect([events.length, new Set(events.map(({ id }) => id)).size]).toEqual([8, 8]);
    expect(new Set(events.map((event) => event.room.sid)).size).toBe(1);
  });

  it('in which an identity comes a second time tells of two participants', async () => {
    const first = await Participant.join(livekit.url, await requestToken(app, 'twins', 'Alice'));
    await comes('twins', 'participant_joined', first.sid);
    const second = await Participant.join(livekit.url, await requestToken(app, 'twins', 'Alice'));
    expect(await first.told('disconnected')).toMatchObject({ reason: 'DUPLICATE_IDENTITY' });
    await comes('twins', 'participant_joined', second.sid);
    await second.leave();
    await ends('twins');

    const left = eventsOf('twins').flatMap((one) => (one.event === 'participant_left' ? [one.participant] : []));
    expect(left.map(({ sid, identity, disconnectReason }) => [sid, identity, disconnectReason])).toEqual([
      [first.sid, 'Alice', DisconnectReason.DUPLICATE_IDENTITY],
      [second.sid, 'Alice', DisconnectReason.CLIENT_INITIATED],
    ]);
    expect(eventsOf('twins').map(summary)).toEqual([
      ['room_started'],
      ['participant_joined', first.sid],
      ['participant_left', first.sid],
      ['participant_joined', second.sid],
      ['participant_left', second.sid],
      ['room_finished'],
    ]);
  });
});

describe('a slow listener', () => {
  const pause = new EventEmitter();
  let rooms: RoomServiceClient;
  beforeEach(() => {
    rooms = app.app.get(RoomServiceClient);
  });
  const entriesOf = (room: string): string[] => ledger.entries.filter((entry) => entry.endsWith(` ${room}`));

  it('holds up the events of its room, and of no other', async () => {
    ledger.held.set('slow', pause);
    await rooms.createRoom({ name: 'slow' });
    await eventually(() => entriesOf('slow').length === 1);
    await rooms.deleteRoom('slow');
    await rooms.createRoom({ name: 'quick' });
    await rooms.deleteRoom('quick');
    await eventually(() => entriesOf('quick').length === 2);
    expect(entriesOf('slow')).toEqual(['room_started slow']);
    // So LiveKit has no answer yet, neither that it is done nor that it takes too long.
    expect(outcomes('slow')).toEqual({});

    ledger.held.clear();
    pause.emit('go on');
    await eventually(() => entriesOf('slow').length === 2);
    expect(entriesOf('slow')).toEqual(['room_started slow', 'room_finished slow']);
  });

  it('that outlasts the answer is not called again by what LiveKit repeats, and what comes next waits for it', async () => {
    ledger.held.set('slower', pause);
    await rooms.createRoom({ name: 'slower' });
    await eventually(() => entriesOf('slower').length === 1);
    await rooms.deleteRoom('slower');
    await eventually(() => (outcomes('slower')['failed'] ?? 0) >= 2);
    const failed = app.output.lines().filter(({ message, room }) => message === 'failed' && room === 'slower');
    expect(new Set(failed.map(({ code }) => code))).toEqual(new Set(['WEBHOOK_IN_PROGRESS']));

    ledger.held.clear();
    pause.emit('go on');
    await eventually(() => (outcomes('slower')['duplicate'] ?? 0) >= 3);
    expect(entriesOf('slower')).toEqual(['room_started slower', 'room_finished slower']);
  });
});
