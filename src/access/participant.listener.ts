import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';

import type { Environment } from '../config/environment.js';
import type { LiveKitEvent } from '../webhook/livekit-event.js';
import { OnLiveKitEvent } from '../webhook/on-livekit-event.decorator.js';

import { Presence } from './presence.service.js';
import { Reconciliation } from './reconciliation.service.js';

/** Follows who is in which room by LiveKit's webhooks. They may be lost, late or repeated: none of them decides about access. */
@Injectable()
export class ParticipantListener {
  private readonly enabled: boolean;

  constructor(
    config: ConfigService<Environment, true>,
    private readonly presence: Presence,
    private readonly reconciliation: Reconciliation,
  ) {
    this.enabled = config.get('ACCESS_ENFORCEMENT', { infer: true });
  }

  @OnLiveKitEvent('participant_joined')
  async joined({ room, participant }: LiveKitEvent<'participant_joined'>): Promise<void> {
    if (this.enabled) await this.presence.joined(room.name, participant);
  }

  @OnLiveKitEvent(['participant_left', 'participant_connection_aborted'])
  async left({
    room,
    participant,
  }: LiveKitEvent<'participant_left' | 'participant_connection_aborted'>): Promise<void> {
    if (this.enabled) await this.presence.left(room.name, participant);
  }

  /** A late event may be of an earlier room of the same name. */
  @OnLiveKitEvent('room_finished')
  finished({ room }: LiveKitEvent<'room_finished'>): void {
    if (this.enabled) void this.reconciliation.compareRoom(room.name);
  }
}
