/** Describes one environment variable, and reads it from the variable itself or from the file that holds its secret. */
import { readFileSync } from 'node:fs';

import { type Reader, InvalidValueError } from './value-readers.js';

/** Stands for a variable's default in production where an operator has to decide. */
export const MUST_BE_STATED = Symbol('must be stated in production');

/** What is known of one variable of the environment. */
export interface Variable<T> {
  /** One line for the operator. */
  readonly meaning: string;
  /** The rule, and the way from text to value. */
  readonly read: Reader<T>;
  /** The text that counts when none is given; none: the value is undefined. */
  readonly default?: string;
  /** What counts instead of `default` when NODE_ENV is production; `undefined` means no default there. */
  readonly inProduction?: string | typeof MUST_BE_STATED | undefined;
  /** Secrets may come from the file that `<NAME>_FILE` names, as Docker and Kubernetes mount them. */
  readonly secret?: true;
  /** Says the default in words where it depends on other variables. */
  readonly defaultInWords?: string;
}

type Described<T> = Omit<Variable<T>, 'read'> & { readonly read: Reader<T> };

/** A variable that always has a value. */
export const variable = <T>(description: Described<T> & { readonly default: string }): Variable<T> => description;

/** A variable that may be absent. */
export const optional = <T>(description: Described<T>): Variable<T | undefined> => description;

/** The texts given for a process: `process.env`, or what a test makes up. */
export type EnvironmentSource = Readonly<Record<string, string | undefined>>;

/**
 * The value of one variable. An empty text counts as not given, since `NAME=` is how compose files pass nothing on.
 * Throws a {@link InvalidValueError} that holds no part of the value.
 */
export function readVariable<T>(
  name: string,
  { read, secret, ...defaults }: Variable<T>,
  source: EnvironmentSource,
  production: boolean,
): T | undefined {
  const given = secret ? secretText(name, source) : source[name]?.trim();
  if (given) return read(given);
  const fallback = production && 'inProduction' in defaults ? defaults.inProduction : defaults.default;
  if (fallback === MUST_BE_STATED) throw new InvalidValueError('must be stated in production');
  return fallback === undefined ? undefined : read(fallback);
}

function secretText(name: string, source: EnvironmentSource): string | undefined {
  const file = source[`${name}_FILE`];
  if (!file) return source[name];
  if (source[name]) throw new InvalidValueError(`is given twice, by itself and by ${name}_FILE`);
  const content = contentOf(file, `${name}_FILE`);
  if (content === '') throw new InvalidValueError(`is empty in the file that ${name}_FILE names`);
  return content;
}

function contentOf(file: string, name: string): string {
  try {
    // Editors and `echo` end a file with a line break that is not part of the secret.
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch {
    throw new InvalidValueError(`cannot be read: ${name} does not name a readable file`);
  }
}
