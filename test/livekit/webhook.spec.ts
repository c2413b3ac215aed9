/** The webhooks of a real LiveKit server, as the built service takes them, and as a team's listeners are handed them. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';

import type { LiveKitEvent, LiveKitEventName } from '../../src/webhook/livekit-event.js';
import { OnLiveKitEvent } from '../../src/webhook/on-livekit-event.decorator.js';
import { startApp, type RunningApp } from '../../src/testing/start-app.js';
import { eventually } from '../../src/testing/eventually.js';
import { signToken } from './support/jwt.js';
import { callServerApi, joinResponse } from './support/livekit.client.js';
import { KEY_PAIR, startOwnLiveKit, type OwnLiveKit } from './support/livekit.js';
import { freePort, setting, stopPrograms } from './support/program.js';
import { type Service, startService } from './support/service.js';

type RoomEvent = Extract<LiveKitEventName, `room_${string}` | `participant_${string}`>;

class Listeners {
  static readonly calls: string[] = [];
  static readonly events: LiveKitEvent<RoomEvent>[] = [];
  static failures = 2;

  @OnLiveKitEvent([
    'room_started',
    'room_finished',
    'participant_joined',
    'participant_left',
    'participant_connection_aborted',
  ])
  record(event: LiveKitEvent<RoomEvent>): void {
    Listeners.calls.push(`record ${event.event} ${event.room.name}`);
    Listeners.events.push(event);
  }

  @OnLiveKitEvent('room_finished', { mustSucceed: true })
  close({ room }: LiveKitEvent<'room_finished'>): void {
    if (room.name !== 'stubborn') return;
    Listeners.calls.push(`close ${room.name}`);
    Listeners.failures -= 1;
    if (Listeners.failures >= 0) throw new Error('not yet');
  }
}

/** Succeeds where the one above fails. */
class Witness {
  @OnLiveKitEvent('room_finished', { mustSucceed: true })
  note({ room }: LiveKitEvent<'room_finished'>): void {
    if (room.name === 'stubborn') Listeners.calls.push(`note ${room.name}`);
  }
}

@Module({ providers: [Listeners, Witness] })
class ListenersModule {}

let livekit: OwnLiveKit;
let app: RunningApp;
let service: Service;
let port: string;

beforeAll(async () => {
  port = String(await freePort());
  app = await startApp(KEY_PAIR, { modules: [ListenersModule] });
  const urls = [`http://127.0.0.1:${port}/livekit/webhook`, `${app.url}/livekit/webhook`];
  livekit = await startOwnLiveKit({ webhookUrls: urls });
  expect(livekit.settings).toMatchObject(KEY_PAIR);
  service = await startBuilt();
});

const startBuilt = (): Promise<Service> => startService({ ...livekit.settings, SERVER_PORT: port, LOG_FORMAT: 'json' });

afterAll(stopPrograms);

async function call(method: 'CreateRoom' | 'DeleteRoom', room: string): Promise<void> {
  const operator = await signToken(livekit, { roomCreate: true });
  const { status } = await callServerApi(livekit.url, operator, `RoomService/${method}`, { name: room, room });
  expect(status).toBe(200);
}

/** What the service wrote of the webhooks of a room, in order, as `outcome event`. */
async function logged(room: string): Promise<string[]> {
  const log = await readFile(join(setting('LIVEKIT_TEST_FOLDER'), 'token-service.log'), 'utf8');
  const lines = log.split('\n').filter((line) => line.startsWith('{'));
  return lines
    .map((line) => JSON.parse(line) as Record<string, string>)
    .filter((line) => line['context'] === 'Webhook' && line['room'] === room)
    .map((line) => `${line['message']} ${line['event']}`);
}

/** LiveKit sends to each of its addresses on its own time. */
const logs = (room: string, line: string): Promise<unknown> =>
  eventually(async () => (await logged(room)).includes(line));

describe('the webhooks of LiveKit', () => {
  it('are accepted, each once and in order', async () => {
    const room = 'Größe 日本語 🎉';
    await call('CreateRoom', room);
    await joinResponse(livekit.url, await signToken(livekit, { roomJoin: true, room }));
    await eventually(() => Listeners.calls.includes(`record participant_connection_aborted ${room}`));
    await call('DeleteRoom', room);
    await eventually(() => Listeners.calls.includes(`record room_finished ${room}`));
    const names = ['room_started', 'participant_connection_aborted', 'room_finished'];
    expect(Listeners.events.filter((event) => event.room.name === room).map(({ event }) => event)).toEqual(names);
    await logs(room, 'accepted room_finished');
    expect(await logged(room)).toEqual(names.map((name) => `accepted ${name}`));
  });

  it('are what their types say, and without the password of the relay that LiveKit sends along', async () => {
    const aborted = Listeners.events.find(({ event }) => event === 'participant_connection_aborted');
    if (aborted?.event !== 'participant_connection_aborted') throw new Error('The event before has to have come.');
    expect(aborted.participant.identity).toBe('tester');
    expect(aborted.room.emptyTimeout).toBeGreaterThan(0);
    expect(Listeners.events.map(({ room }) => room.turnPassword).join('')).toBe('');
  });

  it('come again when a listener that must succeed has failed, for it alone', async () => {
    await call('CreateRoom', 'stubborn');
    await call('DeleteRoom', 'stubborn');
    // LiveKit waits one second, then two.
    await eventually(() => Listeners.calls.filter((entry) => entry === 'close stubborn').length === 3);
    const calls = Listeners.calls.filter((entry) => entry.endsWith(' stubborn'));
    expect(calls.sort()).toEqual([
      'close stubborn',
      'close stubborn',
      'close stubborn',
      'note stubborn',
      'record room_finished stubborn',
      'record room_started stubborn',
    ]);
  });

  it('come once, and in order, when the service was away for a moment', async () => {
    await service.stop();
    await call('CreateRoom', 'early');
    await call('DeleteRoom', 'early');
    await eventually(() => Listeners.calls.includes('record room_finished early'));
    service = await startBuilt();
    await logs('early', 'accepted room_finished');
    expect(await logged('early')).toEqual(['accepted room_started', 'accepted room_finished']);
  });
});
