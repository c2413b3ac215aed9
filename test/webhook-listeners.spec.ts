/** LiveKit's events reach a team's methods: typed, once each, with a kind that says what their failure means. */
import { EventEmitter, once } from 'node:events';

import { ConflictException, Controller, Injectable, Module } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { LiveKitEvent } from '../src/webhook/livekit-event.js';
import { OnLiveKitEvent } from '../src/webhook/on-livekit-event.decorator.js';
import {
  type ListenerFailedEvent,
  OnListenerFailed,
  OnWebhookOutcome,
  type WebhookOutcomeEvent,
} from '../src/webhook/webhook-events.js';

import { type RunningApp, startApp } from '../src/testing/start-app.js';
import { eventually } from '../src/testing/eventually.js';
import { eventBody, newId, sendWebhook } from '../src/testing/webhook-sender.js';

/** What happened, in order. */
const happened: string[] = [];
/** How many of the next calls of each listener fail. */
const failures: Record<string, number> = {};
const waits: Record<string, Promise<unknown>> = {};

async function happens(listener: string, { event, id }: LiveKitEvent): Promise<void> {
  await waits[listener];
  if ((failures[listener] ?? 0) > 0) {
    failures[listener] = (failures[listener] ?? 0) - 1;
    throw new ConflictException(`${listener} cannot`, { errorCode: 'TEAM_BUSY' });
  }
  happened.push(`${listener} ${event} ${id}`);
}

@Injectable()
class Billing {
  @OnLiveKitEvent('participant_joined', { mustSucceed: true })
  charge(event: LiveKitEvent<'participant_joined'>): Promise<void> {
    return happens('charge', event);
  }

  @OnLiveKitEvent('participant_joined', { mustSucceed: true })
  book(event: LiveKitEvent<'participant_joined'>): Promise<void> {
    return happens('book', event);
  }
}

class Greeter {
  @OnLiveKitEvent(['participant_joined', 'participant_left'])
  greet(event: LiveKitEvent<'participant_joined' | 'participant_left'>): Promise<void> {
    return happens('greet', event);
  }
}

@Controller('team')
class Board {
  @OnLiveKitEvent('room_finished', { mustSucceed: true })
  @OnLiveKitEvent('room_started')
  show(event: LiveKitEvent<'room_started' | 'room_finished'>): Promise<void> {
    return happens('show', event);
  }

  @OnLiveKitEvent(['egress_ended', 'ingress_started', 'track_published'])
  note(event: LiveKitEvent<'egress_ended' | 'ingress_started' | 'track_published'>): void {
    happened.push(event.event === 'egress_ended' ? event.egressInfo.egressId : event.event);
  }
}

class Archive {
  static readonly kept: LiveKitEvent<'*'>[] = [];

  @OnLiveKitEvent('*')
  keep(event: LiveKitEvent<'*'>): void {
    Archive.kept.push(event);
    if (event.event === 'room_nonsense') throw new ConflictException('nonsense');
  }
}

class Account {
  static readonly outcomes: WebhookOutcomeEvent[] = [];
  static readonly failed: ListenerFailedEvent[] = [];
  static names(): string[] {
    return Account.outcomes.map(({ outcome }) => outcome);
  }

  @OnWebhookOutcome()
  count(event: WebhookOutcomeEvent): void {
    Account.outcomes.push(event);
  }

  @OnListenerFailed()
  countFailure(event: ListenerFailedEvent): void {
    Account.failed.push(event);
  }
}

@Module({ providers: [Billing, Greeter, Archive, Account], controllers: [Board] })
class TeamModule {}

const joined = (id?: string, room = 'a'): string =>
  eventBody('participant_joined', { room: { name: room, turnPassword: 'hunter2' }, participant: { sid: 'PA_1' } }, id);

describe('listeners of LiveKit', () => {
  let service: RunningApp;
  beforeEach(async () => {
    happened.length = Archive.kept.length = Account.outcomes.length = Account.failed.length = 0;
    for (const name of Object.keys(failures)) delete failures[name];
    for (const name of Object.keys(waits)) delete waits[name];
    service = await startApp({}, { modules: [TeamModule] });
  });
  afterEach(() => service.close());
  const send = async (body: string): Promise<number> => (await sendWebhook(service.url, body)).status;

  it('are found in providers and controllers, and listed at the start with their kind', async () => {
    const line = await eventually(() =>
      service.output.lines().find(({ message }) => message === 'Listeners of LiveKit'),
    );
    expect(line).toMatchObject({
      listeners: {
        participant_joined: [
          'Billing.charge, must succeed',
          'Billing.book, must succeed',
          'Greeter.greet',
          'ParticipantListener.joined',
          'JourneyRecorder.joined',
        ],
        participant_left: ['Greeter.greet', 'ParticipantListener.left', 'JourneyRecorder.left'],
        room_started: ['JourneyRecorder.changed', 'Board.show'],
        room_finished: ['ParticipantListener.finished', 'JourneyRecorder.changed', 'Board.show, must succeed'],
        '*': ['Archive.keep', 'JourneyRecorder.heard'],
      },
    });
  });

  it('hear of the events that they name, and of no others', async () => {
    const id = newId();
    expect(await send(eventBody('room_started', { room: { name: 'a' } }, id))).toBe(200);
    expect(await send(eventBody('room_nonsense', { room: { name: 'a' } }))).toBe(200);
    expect(await send(eventBody('egress_ended', { egressInfo: { egressId: 'EG_1', roomName: 'a' } }))).toBe(200);
    expect(await send(eventBody('ingress_started', { ingressInfo: { ingressId: 'IN_1' } }))).toBe(200);
    expect(happened).toEqual([`show room_started ${id}`, 'EG_1', 'ingress_started']);
    expect(Account.outcomes.map(({ event, room }) => `${event} ${room}`)).toEqual([
      'room_started a',
      'room_nonsense a',
      'egress_ended a',
      'ingress_started undefined',
    ]);
  });

  it('of * hear of every event, also of one that the SDK does not name, and are called once for it', async () => {
    const job = { id: 'AJ_1', room: { name: 'a', turnPassword: 'hunter2' }, agentName: 'scribe' };
    const id = newId();
    for (const body of [
      joined(),
      eventBody('agent_job_started', { job }, id),
      eventBody('agent_job_started', { job }, id),
    ]) {
      expect(await send(body)).toBe(200);
    }
    expect(await send(eventBody('room_nonsense'))).toBe(200);
    expect(Archive.kept.map(({ event }) => event)).toEqual([
      'participant_joined',
      'agent_job_started',
      'room_nonsense',
    ]);
    expect(Archive.kept[1]?.job).toMatchObject({
      id: 'AJ_1',
      agentName: 'scribe',
      room: { name: 'a', turnPassword: '' },
    });
    expect(Account.failed).toEqual([{ listener: 'Archive.keep', event: 'room_nonsense', mustSucceed: false }]);
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    expect(metrics).toContain('livekit_webhook_listener_failures_total{event="unknown",listener="Archive.keep"} 1');
  });

  it('are called once for an event that LiveKit repeats, at the same time or later', async () => {
    const id = newId();
    expect(await Promise.all([1, 2, 3].map(() => send(joined(id))))).toEqual([200, 200, 200]);
    expect(await send(joined(id))).toBe(200);
    expect(happened.sort()).toEqual(['book', 'charge', 'greet'].map((name) => `${name} participant_joined ${id}`));
    expect(Account.names().sort()).toEqual(['accepted', 'duplicate', 'duplicate', 'duplicate']);
  });

  it('that do their best: a failure is logged and counted, and LiveKit does not hear of it', async () => {
    failures['greet'] = 1;
    const id = newId();
    expect(await send(joined(id))).toBe(200);
    expect(await send(joined(id))).toBe(200);
    expect(happened.sort()).toEqual([`book participant_joined ${id}`, `charge participant_joined ${id}`]);
    expect(Account.failed).toEqual([{ listener: 'Greeter.greet', event: 'participant_joined', mustSucceed: false }]);
    const line = await eventually(() => service.output.lines().find(({ message }) => message === 'A listener failed'));
    expect(line).toMatchObject({ level: 'error', listener: 'Greeter.greet', id, error: { message: 'greet cannot' } });
  });

  it('that must succeed: a failure makes LiveKit send the event again, for them alone', async () => {
    failures['charge'] = 2;
    const id = newId();
    const response = await sendWebhook(service.url, joined(id));
    expect(response.status).toBe(503);
    expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(await response.json()).toMatchObject({ code: 'WEBHOOK_LISTENER_FAILED' });
    expect(happened.sort()).toEqual([`book participant_joined ${id}`, `greet participant_joined ${id}`]);
    expect(await send(joined(id))).toBe(503);
    expect(happened).toHaveLength(2);

    expect(await send(joined(id))).toBe(200);
    expect(await send(joined(id))).toBe(200);
    expect(happened.slice(2)).toEqual([`charge participant_joined ${id}`]);
    expect(Account.names()).toEqual(['failed', 'failed', 'accepted', 'duplicate']);
    expect(Account.outcomes[0]).toMatchObject({ event: 'participant_joined', id, code: 'WEBHOOK_LISTENER_FAILED' });
    expect(Account.failed).toHaveLength(2);
  });

  it('are waited for, so that the events of a room do not overlap, and those of other rooms pass', async () => {
    const greeted = new EventEmitter();
    waits['greet'] = once(greeted, 'enough');
    const first = newId();
    const second = newId();
    const other = newId();
    // LiveKit sends a room's next event when the one before is answered.
    const room = send(joined(first)).then(() => send(joined(second)));
    await eventually(() => happened.length === 2);
    delete waits['greet'];
    expect(await send(joined(other, 'b'))).toBe(200);
    expect(happened.filter((entry) => entry.includes(second))).toEqual([]);
    greeted.emit('enough');
    expect(await room).toBe(200);
    expect(happened.indexOf(`greet participant_joined ${first}`)).toBeLessThan(
      happened.indexOf(`greet participant_joined ${second}`),
    );
  });

  it('are let finish when the service stops', async () => {
    const stopping = await startApp({}, { modules: [TeamModule] });
    const greeted = new EventEmitter();
    waits['greet'] = once(greeted, 'enough');
    const id = newId();
    const answer = sendWebhook(stopping.url, joined(id));
    await eventually(() => happened.length === 2);
    const stopped = stopping.close().then(() => happened.push('stopped'));
    greeted.emit('enough');
    expect((await answer).status).toBe(200);
    await stopped;
    expect(happened.slice(2)).toEqual([`greet participant_joined ${id}`, 'stopped']);
  });

  it('never let the password of the relay into the log, whatever they throw', async () => {
    failures['charge'] = failures['greet'] = 1;
    expect(await send(joined())).toBe(503);
    expect(await send(eventBody('room_started', { room: { name: 'a', turnPassword: { a: 'hunter2' } } }))).toBe(400);
    await eventually(() => service.output.text().includes('WEBHOOK_UNDECODABLE'));
    expect(service.output.text()).not.toMatch(/hunter/);
  });
});
