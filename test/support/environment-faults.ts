/** The variables that an environment is refused for; none for one that is taken. */
import { EnvironmentError } from '../../src/config/environment.error.js';
import { readEnvironment } from '../../src/config/environment.js';
import type { EnvironmentSource } from '../../src/config/variable.js';

export function faultsOf(source: EnvironmentSource): string[] {
  try {
    readEnvironment(source);
  } catch (error) {
    if (error instanceof EnvironmentError) return error.faults.map(({ variable }) => variable);
    throw error;
  }
  return [];
}
