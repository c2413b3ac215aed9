import { Injectable } from '@nestjs/common';
import { isPerson, type LiveKitEvent, OnLiveKitEvent } from 'livekit-token-service/webhook';

import { stayOf } from './stay.js';
import { Stays } from './stays.repository.js';

/** Must succeed: LiveKit sends an event again that could not be stored. */
@Injectable()
export class UsageListener {
  constructor(private readonly stays: Stays) {}

  @OnLiveKitEvent('participant_joined', { mustSucceed: true })
  async joined({ room, participant }: LiveKitEvent<'participant_joined'>): Promise<void> {
    if (isPerson(participant)) await this.stays.begin([stayOf(room.name, participant)]);
  }

  /** Tells the whole stay, so that a lost `participant_joined` does not matter. */
  @OnLiveKitEvent('participant_left', { mustSucceed: true })
  async left({ room, participant, createdAt }: LiveKitEvent<'participant_left'>): Promise<void> {
    if (isPerson(participant)) await this.stays.end(stayOf(room.name, participant), Number(createdAt));
  }
}
