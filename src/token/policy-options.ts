import type { PolicyOptions } from '../policy/policy.options.js';
import { MAX_TTL } from '../policy/terms.checks.js';

import type { TokenOptions } from './token.options.js';

/** Seconds. The default of TOKEN_TTL. */
const DEFAULT_TTL = 600;

/** Throws if the options cannot make tokens that LiveKit accepts. */
export function policyOptions({ tokenTtl = DEFAULT_TTL, clientFields = [] }: TokenOptions): PolicyOptions {
  if (!Number.isInteger(tokenTtl) || tokenTtl < 1 || tokenTtl > MAX_TTL) {
    throw new Error(`TokenModule: tokenTtl must be a whole number of seconds from 1 to ${MAX_TTL}.`);
  }
  return { tokenTtl, clientFields };
}
