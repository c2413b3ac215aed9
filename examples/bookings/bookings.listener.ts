/** Records that a booked room has started. */
import { Injectable } from '@nestjs/common';
import { type LiveKitEvent, OnLiveKitEvent } from 'livekit-token-service/webhook';

import { BookingsService } from './bookings.service.js';

@Injectable()
export class BookingsListener {
  constructor(private readonly bookings: BookingsService) {}

  @OnLiveKitEvent('room_started')
  started({ room }: LiveKitEvent<'room_started'>): void {
    this.bookings.start(room.name);
  }
}
