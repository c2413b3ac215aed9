/** The booked rooms, and which of them have started. */
import { Inject, Injectable } from '@nestjs/common';

import { bookingsConfig, type BookingsConfig } from './bookings.config.js';

@Injectable()
export class BookingsService {
  private readonly started = new Set<string>();

  constructor(@Inject(bookingsConfig.KEY) private readonly config: BookingsConfig) {}

  isBooked(room: string): boolean {
    return this.config.rooms.has(room);
  }

  start(room: string): void {
    this.started.add(room);
  }

  list(): { room: string; started: boolean }[] {
    return [...this.config.rooms].map((room) => ({ room, started: this.started.has(room) }));
  }
}
