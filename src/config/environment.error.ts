/** `message` continues the name of the variable ("must be ...") and holds no part of its value. */
export interface InvalidVariable {
  readonly variable: string;
  readonly message: string;
}

/** Stops the start. Lists every invalid variable by name, never its value. */
export class EnvironmentError extends Error {
  constructor(readonly invalid: readonly InvalidVariable[]) {
    const lines = invalid.map(({ variable, message }) => `  - ${variable} ${message}`);
    super(`The environment is not valid:\n${lines.join('\n')}`);
    this.name = 'EnvironmentError';
  }
}
