/** The setting of the bookings: which rooms somebody has booked. */
import { type ConfigType, registerAs } from '@nestjs/config';

/** BOOKED_ROOMS: the rooms that somebody has booked, comma separated. */
export const bookingsConfig = registerAs('bookings', () => ({
  rooms: new Set((process.env['BOOKED_ROOMS'] ?? '').split(',').filter(Boolean)),
}));

export type BookingsConfig = ConfigType<typeof bookingsConfig>;
