import { InvalidValueError } from '../config/value-readers.js';

/** A path in the file: keys of maps and indexes of lists. */
export type YamlPath = readonly (string | number)[];

export type YamlMap = Readonly<Record<string, unknown>>;

/** Reads values of the file and reports what is invalid, with the path where it is. */
export class RuleReader {
  constructor(
    readonly path: YamlPath,
    private readonly report: (message: string, path: YamlPath) => void,
  ) {}

  at(...steps: YamlPath): RuleReader {
    return new RuleReader([...this.path, ...steps], this.report);
  }

  error(message: string): undefined {
    this.report(message, this.path);
    return undefined;
  }

  /** The result of `read`, or undefined if it throws an {@link InvalidValueError}, which is reported behind `subject`. */
  attempt<T>(subject: string, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof InvalidValueError)) throw error;
      return this.error(`${subject} ${error.message}`);
    }
  }

  /** Undefined unless the value is a map with at least one key, all of them known. */
  map(subject: string, value: unknown, known: readonly string[]): YamlMap | undefined {
    if (!isMap(value) || Object.keys(value).length === 0) {
      return this.error(`${subject} must be a map with at least one of ${known.join(', ')}`);
    }
    for (const key of Object.keys(value)) {
      if (!known.includes(key)) this.at(key).error(`${subject}: ${key} is not known; known are ${known.join(', ')}`);
    }
    return value;
  }
}

export function isMap(value: unknown): value is YamlMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
