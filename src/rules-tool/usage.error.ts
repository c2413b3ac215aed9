/** The command line is wrong, or names a file that cannot be read. The message contains no part of a file. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}
