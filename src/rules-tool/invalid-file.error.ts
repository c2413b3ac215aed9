import type { Finding } from './finding.js';

/** A file that was read and has errors. */
export class InvalidFileError extends Error {
  constructor(
    readonly file: string,
    readonly errors: readonly Finding[],
  ) {
    super(`${file} is invalid.`);
    this.name = 'InvalidFileError';
  }
}
