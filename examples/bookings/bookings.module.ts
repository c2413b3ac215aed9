/** Only booked rooms can be joined: one policy, one listener, one route, one setting. */
import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';

import { bookingsConfig } from './bookings.config.js';
import { BookingsController } from './bookings.controller.js';
import { BookingsListener } from './bookings.listener.js';
import { BookingsPolicy } from './bookings.policy.js';
import { BookingsService } from './bookings.service.js';

@Module({
  imports: [ConfigModule.forFeature(bookingsConfig)],
  controllers: [BookingsController],
  providers: [BookingsService, BookingsPolicy, BookingsListener],
})
export class BookingsModule {}
