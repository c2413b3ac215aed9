/** What stops the start when the environment is wrong: every fault at once, by the name of its variable, never its value. */

/** One wrong variable. `variable` is its name, `message` says what it must be and holds no part of its value. */
export interface InvalidVariable {
  readonly variable: string;
  readonly message: string;
}

/** Thrown by `readEnvironment`; `faults` lists all that is wrong, in the order of the variables. */
export class EnvironmentError extends Error {
  constructor(readonly faults: readonly InvalidVariable[]) {
    const lines = faults.map(({ variable, message }) => `  - ${variable} ${message}`);
    super(`The environment is not valid:\n${lines.join('\n')}`);
    this.name = 'EnvironmentError';
  }
}
