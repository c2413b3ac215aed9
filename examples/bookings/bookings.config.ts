/** The setting of the bookings module. */
import { type ConfigType, registerAs } from '@nestjs/config';

/** BOOKED_ROOMS: the booked rooms, comma separated. */
export const bookingsConfig = registerAs('bookings', () => ({
  rooms: new Set((process.env['BOOKED_ROOMS'] ?? '').split(',').filter(Boolean)),
}));

export type BookingsConfig = ConfigType<typeof bookingsConfig>;
