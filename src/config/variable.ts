import { readFileSync } from 'node:fs';

import { type Reader, InvalidValueError } from './value-readers.js';

/** The variable has no default in production: the operator must set it. */
export const MUST_BE_STATED = Symbol('must be stated in production');

/** Describes one environment variable. */
export interface Variable<T> {
  /** One line for the operator. */
  readonly meaning: string;
  /** Checks the text and returns the value. */
  readonly read: Reader<T>;
  /** The text that is read if the variable is not set. Without a default the value is undefined. */
  readonly default?: string;
  /** Replaces `default` in production; `undefined` means no default there. */
  readonly inProduction?: string | typeof MUST_BE_STATED | undefined;
  /** The value may come from the file that `<NAME>_FILE` names, as Docker and Kubernetes mount secrets. */
  readonly secret?: true;
  /** Documents a default that depends on other variables. */
  readonly defaultInWords?: string;
}

type Described<T> = Omit<Variable<T>, 'read'> & { readonly read: Reader<T> };

/** A variable that always has a value. */
export const variable = <T>(description: Described<T> & { readonly default: string }): Variable<T> => description;

/** A variable that may be absent. */
export const optional = <T>(description: Described<T>): Variable<T | undefined> => description;

/** `process.env`, or a test's own. */
export type EnvironmentSource = Readonly<Record<string, string | undefined>>;

/**
 * Returns the value of one variable. An empty text counts as not set: compose files pass unset variables on as `NAME=`.
 * Throws an {@link InvalidValueError}.
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
