import type { InvalidTerm } from './terms.checks.js';

/** A policy returned terms that must not be signed. The message names the policy and the field, and never the value. */
export class InvalidTermsError extends Error {
  override readonly name = 'InvalidTermsError';

  constructor(policy: string, { field, rule }: InvalidTerm) {
    super(`${policy} returned invalid terms: ${field} ${rule}.`);
  }
}
