import { type ConfigType, registerAs } from '@nestjs/config';

/**
 * MEETINGS_DATABASE_URL: `postgres://...`, which needs the package `pg`. Without it, the meetings are in the memory of the process, or in the
 * file MEETINGS_FILE, by an SQLite that needs no native code.
 */
export const meetingsConfig = registerAs('meetings', () => ({
  databaseUrl: process.env['MEETINGS_DATABASE_URL'] || undefined,
  file: process.env['MEETINGS_FILE'] || undefined,
}));

export type MeetingsConfig = ConfigType<typeof meetingsConfig>;
