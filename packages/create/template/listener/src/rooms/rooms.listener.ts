import { Injectable, Logger } from '@nestjs/common';
import { type LiveKitEvent, OnLiveKitEvent } from 'livekit-token-service/webhook';

/** Knows who is in which room, as LiveKit's webhooks tell. */
@Injectable()
export class RoomsListener {
  private readonly logger = new Logger(RoomsListener.name);
  private readonly rooms = new Map<string, Set<string>>();

  @OnLiveKitEvent('participant_joined')
  joined({ room, participant }: LiveKitEvent<'participant_joined'>): void {
    this.rooms.set(room.name, this.present(room.name).add(participant.identity));
    this.logger.log(`${participant.identity} joined ${room.name}`);
  }

  @OnLiveKitEvent('participant_left')
  left({ room, participant }: LiveKitEvent<'participant_left'>): void {
    this.present(room.name).delete(participant.identity);
  }

  @OnLiveKitEvent('room_finished')
  finished({ room }: LiveKitEvent<'room_finished'>): void {
    this.rooms.delete(room.name);
  }

  /** The identities in a room. */
  present(room: string): Set<string> {
    return this.rooms.get(room) ?? new Set();
  }
}
