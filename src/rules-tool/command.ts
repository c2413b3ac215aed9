import type { ParseArgsConfig } from 'node:util';

export interface CommandArguments {
  /** As many as `files` of the command names. */
  readonly files: readonly string[];
  /** Options with a value; a list if the option may be given several times. */
  readonly values: Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;
  /** The time of the call, in milliseconds since the epoch. */
  readonly now: number;
}

export interface CommandResult {
  /** For people, or for the program that an option names. Ends with a line break. */
  readonly text: string;
  /** For `--json`. */
  readonly json: unknown;
  /** Whether the exit code is 0. */
  readonly ok: boolean;
}

/** One command of the tool. Throws a {@link UsageError}, or an InvalidFileError with the errors of a file. */
export interface Command {
  readonly summary: string;
  /** The names of its files, in the order in which they are given. */
  readonly files: readonly string[];
  readonly options: NonNullable<ParseArgsConfig['options']>;
  /** A line for each option. */
  readonly help: readonly (readonly [option: string, meaning: string])[];
  run(args: CommandArguments): CommandResult;
}
