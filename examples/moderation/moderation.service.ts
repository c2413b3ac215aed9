/** Lists and removes the participants of a room, and keeps out whom it has removed. */
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

  /** The identity is kept out from the first moment on: a client that is removed asks for a new token at once. */
  async remove(room: string, identity: string): Promise<void> {
    this.removals.add(room, identity);
    try {
      await this.rooms.removeParticipant(room, identity);
    } catch (error) {
      // Whoever has left by themselves is as gone as a host wants them to be.
      if (!(error instanceof HttpException) || error.errorCode !== 'LIVEKIT_NOT_FOUND') throw error;
    }
  }

  /** LiveKit takes a token until it expires, whomever it was signed for and whatever has happened since. */
  async removeAgain(room: string, identity: string): Promise<void> {
    if (this.removals.include(room, identity)) await this.remove(room, identity);
  }
}
