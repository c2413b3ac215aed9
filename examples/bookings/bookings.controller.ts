/** Lists the bookings. */
import { Controller, Get } from '@nestjs/common';

import { BookingsService } from './bookings.service.js';

@Controller('bookings')
export class BookingsController {
  constructor(private readonly bookings: BookingsService) {}

  @Get()
  list(): { room: string; started: boolean }[] {
    return this.bookings.list();
  }
}
