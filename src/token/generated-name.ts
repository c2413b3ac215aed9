/** Makes up the names that a client leaves to us. */
import { randomBytes } from 'node:crypto';

/**
 * 128 random bits, behind a prefix for the reader of a log. In hexadecimal: LiveKit joins the names of
 * room and participant with an underscore, which Base64 for URLs may hold.
 */
export function generatedName(prefix: string): string {
  return `${prefix}-${randomBytes(16).toString('hex')}`;
}
