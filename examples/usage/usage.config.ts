import { type ConfigType, registerAs } from '@nestjs/config';

/**
 * USAGE_DATABASE_URL: `postgres://...`, which needs the package `pg`. Without it, stays are in the memory of the process, or in the file
 * USAGE_FILE. USAGE_COMPARE_SECONDS: the time between two comparisons with LiveKit, 30 s by default.
 */
export const usageConfig = registerAs('usage', () => {
  const compareSeconds = Number(process.env['USAGE_COMPARE_SECONDS'] || 30);
  if (!(compareSeconds >= 1 && compareSeconds <= 3600)) {
    throw new Error('USAGE_COMPARE_SECONDS must be a number from 1 to 3600.');
  }
  return {
    databaseUrl: process.env['USAGE_DATABASE_URL'] || undefined,
    file: process.env['USAGE_FILE'] || undefined,
    compareSeconds,
  };
});

export type UsageConfig = ConfigType<typeof usageConfig>;
