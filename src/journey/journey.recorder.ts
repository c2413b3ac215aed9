import { Injectable } from '@nestjs/common';
import type { ParticipantInfo, WebhookEvent } from 'livekit-server-sdk';

import { type AccessEndedEvent, OnAccessEnded } from '../access/access-events.js';
import { type GateJoinEvent, OnGateJoin } from '../access/gate-events.js';
import { currentTrace } from '../telemetry/tracing.js';
import { OnTokenIssued, OnTokenRefused, type TokenIssuedEvent, type TokenRefusedEvent } from '../token/token-events.js';
import { isPerson } from '../webhook/is-person.js';
import type { LiveKitEvent } from '../webhook/livekit-event.js';
import { OnLiveKitEvent } from '../webhook/on-livekit-event.decorator.js';

import { disconnectReason } from './disconnect-reason.js';
import { JourneyStore } from './journey.store.js';

/** By the numbers of LiveKit's TrackSource. */
const SOURCES = ['unknown', 'camera', 'microphone', 'screen_share', 'screen_share_audio'];

/** Records what happens to participants. No method waits for the record. */
@Injectable()
export class JourneyRecorder {
  constructor(private readonly store: JourneyStore) {}

  @OnTokenIssued()
  issued({ room, identity, requestId, route, ttl, endsAt = Infinity, rule, ruleName }: TokenIssuedEvent): void {
    const at = Date.now();
    const expiresAt = Math.min(at + ttl * 1000, endsAt);
    const step = { step: 'token_issued', at, requestId, traceId: traceId(), route, expiresAt, rule, ruleName } as const;
    this.store.add({ room, identity }, step);
  }

  /** Without a verified caller, the identity is not known, whatever the body says. */
  @OnTokenRefused()
  refused({ room, identity, caller, requestId, route, status, code, policy }: TokenRefusedEvent): void {
    if (room === undefined) return;
    const isIdentified = caller !== undefined && identity !== undefined;
    const at = Date.now();
    const step = { step: 'token_refused', at, requestId, traceId: traceId(), route, status, code, policy } as const;
    this.store.add(
      isIdentified ? { room, identity } : { room },
      { ...step, isIdentified, times: 1 },
      { onlyIfKnown: !isIdentified },
    );
  }

  @OnLiveKitEvent('*')
  heard(): void {
    this.store.sign({ webhookAt: Date.now() });
  }

  @OnLiveKitEvent(['room_started', 'room_finished'])
  changed({ event, room }: LiveKitEvent<'room_started' | 'room_finished'>): void {
    this.store.add({ room: room.name }, { step: event, at: Date.now(), sid: room.sid });
  }

  @OnLiveKitEvent('participant_joined')
  joined({ room, participant }: LiveKitEvent<'participant_joined'>): void {
    const { identity, sid } = participant;
    const at = Date.now();
    this.store.add({ room: room.name, identity }, { step: 'joined', at, sid });
    // Agents and recorders come from inside the network, and tell nothing about the address of clients.
    if (isPerson(participant)) this.store.sign({ joinAt: at });
  }

  @OnLiveKitEvent(['participant_left', 'participant_connection_aborted'])
  left({ event, room, participant, createdAt }: Gone): void {
    const { identity, sid } = participant;
    const step = event === 'participant_left' ? 'left' : 'connection_aborted';
    const reason = disconnectReason(participant.disconnectReason);
    const seconds = lasted(participant, createdAt);
    this.store.add({ room: room.name, identity }, { step, at: Date.now(), sid, reason, seconds });
  }

  @OnLiveKitEvent(['track_published', 'track_unpublished'])
  track({ event, room, participant, track }: LiveKitEvent<'track_published' | 'track_unpublished'>): void {
    const { identity, sid } = participant;
    const source = SOURCES[track.source] ?? 'unknown';
    this.store.add({ room: room.name, identity }, { step: event, at: Date.now(), sid, source });
  }

  @OnGateJoin()
  atGate({ room, identity, outcome, code, cause }: GateJoinEvent): void {
    const at = Date.now();
    this.store.sign({ gateAt: at });
    this.store.add({ room, identity }, { step: `gate_${outcome}`, at, code, cause, times: 1 });
  }

  @OnAccessEnded()
  ended({ room, identity, cause }: AccessEndedEvent): void {
    this.store.add({ room, identity }, { step: 'access_ended', at: Date.now(), cause });
  }
}

/** Of the token request, if traces are exported. */
const traceId = (): string | undefined => currentTrace()?.traceId;

type Gone = LiveKitEvent<'participant_left' | 'participant_connection_aborted'>;

/** In seconds, by LiveKit's clock at both ends. */
function lasted({ joinedAt }: Pick<ParticipantInfo, 'joinedAt'>, createdAt: WebhookEvent['createdAt']): number {
  return joinedAt === 0n ? 0 : Math.max(0, Number(createdAt - joinedAt));
}
