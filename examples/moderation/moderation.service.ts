/** Lists and removes the participants of a room. */
import { HttpException, Injectable } from '@nestjs/common';
import { RoomServiceClient } from 'livekit-server-sdk';

import { Removals } from './removals.service.js';

export interface ParticipantView {
  readonly identity: string;
  readonly name: string;
}

@Injectable()
export class ModerationService {
  constructor(
    private readonly rooms: RoomServiceClient,
    private readonly removals: Removals,
  ) {}

  async participants(room: string): Promise<readonly ParticipantView[]> {
    const found = await this.rooms.listParticipants(room);
    return found.map(({ identity, name }) => ({ identity, name }));
  }

  /** Records the removal first: clients request a new token as soon as they are removed. */
  async remove(room: string, identity: string): Promise<void> {
    this.removals.add(room, identity);
    try {
      await this.rooms.removeParticipant(room, identity);
    } catch (error) {
      // The participant has already left.
      if (!(error instanceof HttpException) || error.errorCode !== 'LIVEKIT_NOT_FOUND') throw error;
    }
  }

  /** LiveKit accepts a token until it expires, also after its participant was removed. */
  async removeAgain(room: string, identity: string): Promise<void> {
    if (this.removals.include(room, identity)) await this.remove(room, identity);
  }
}
