/** Records that a booked room has started. */
import { Injectable } from '@nestjs/common';

import type { LiveKitEvent } from '../../src/webhook/livekit-event.js';
import { OnLiveKitEvent } from '../../src/webhook/on-livekit-event.decorator.js';

import { BookingsService } from './bookings.service.js';

@Injectable()
export class BookingsListener {
  constructor(private readonly bookings: BookingsService) {}

  @OnLiveKitEvent('room_started')
  started({ room }: LiveKitEvent<'room_started'>): void {
    this.bookings.start(room.name);
  }
}
