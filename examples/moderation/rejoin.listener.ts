/** Removes participants who rejoin with a token that was signed before their removal. */
import { Injectable } from '@nestjs/common';
import { type LiveKitEvent, OnLiveKitEvent } from 'livekit-token-service/webhook';

import { ModerationService } from './moderation.service.js';

@Injectable()
export class RejoinListener {
  constructor(private readonly moderation: ModerationService) {}

  /** Must succeed: LiveKit sends the event again if the removal fails. */
  @OnLiveKitEvent('participant_joined', { mustSucceed: true })
  joined({ room, participant }: LiveKitEvent<'participant_joined'>): Promise<void> {
    return this.moderation.removeAgain(room.name, participant.identity);
  }
}
