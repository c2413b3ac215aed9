/** Deletes the admissions of a room when its meeting ends. */
import { Injectable } from '@nestjs/common';

import type { LiveKitEvent } from '../../src/webhook/livekit-event.js';
import { OnLiveKitEvent } from '../../src/webhook/on-livekit-event.decorator.js';

import { WaitingRoom } from './waiting-room.service.js';

@Injectable()
export class RoomEndListener {
  constructor(private readonly waitingRoom: WaitingRoom) {}

  @OnLiveKitEvent('room_finished')
  ended({ room }: LiveKitEvent<'room_finished'>): void {
    this.waitingRoom.close(room.name);
  }
}
