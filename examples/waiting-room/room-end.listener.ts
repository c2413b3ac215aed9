import { Injectable } from '@nestjs/common';
import { type LiveKitEvent, OnLiveKitEvent } from 'livekit-token-service/webhook';

import { WaitingRoomStore } from './waiting-room.store.js';

@Injectable()
export class RoomEndListener {
  constructor(private readonly store: WaitingRoomStore) {}

  /** Each meeting admits its guests anew. */
  @OnLiveKitEvent('room_finished', { mustSucceed: true })
  ended({ room }: LiveKitEvent<'room_finished'>): Promise<void> {
    return this.store.close(room.name);
  }
}
