import { EnvironmentError } from '../../src/config/environment.error.js';
import { readEnvironment } from '../../src/config/environment.js';
import type { EnvironmentSource } from '../../src/config/variable.js';

/** Returns the names of the invalid variables, in the order in which they are reported. */
export function invalidVariables(source: EnvironmentSource): string[] {
  try {
    readEnvironment(source);
  } catch (error) {
    if (error instanceof EnvironmentError) return error.invalid.map(({ variable }) => variable);
    throw error;
  }
  return [];
}
