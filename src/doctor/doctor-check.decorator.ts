import { type DiscoverableDecorator, DiscoveryService } from '@nestjs/core';

import type { Finding } from './finding.js';

/** What a provider marked `@DoctorCheck()` implements. */
export interface DoctorCheckProvider {
  /**
   * Returns every finding, made by `ok`, `warning`, `fault` and `skipped`. Must not change anything, and must end within a few seconds.
   * Runs without lifecycle hooks such as `onModuleInit`. An error is reported as `fault`, without its message. Findings must not contain secrets.
   */
  run(): Promise<readonly Finding[]> | readonly Finding[];
}

/**
 * Makes a provider of any imported module a check of the doctor: `npm run doctor`, or `livekit-token-service doctor --extensions FILE`. The
 * name is shown in front of each finding: one word of lower case letters, digits, `_` and `-`.
 *
 * @example
 * @Injectable()
 * @DoctorCheck('bookings')
 * export class BookingsCheck implements DoctorCheckProvider {
 *   async run(): Promise<Finding[]> {
 *     return (await this.bookings.ping()) ? [ok('The bookings are reachable.')] : [fault('They are not.', 'Set BOOKINGS_URL.')];
 *   }
 * }
 */
export const DoctorCheck: DiscoverableDecorator<string> = DiscoveryService.createDecorator<string>();
