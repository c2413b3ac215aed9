/** Reads YAML and its subset JSON. Errors name the line and never quote it: it may hold a secret. */
import { createRequire } from 'node:module';

import type { DocumentOptions, ParseOptions, SchemaOptions } from 'yaml';

const require = createRequire(import.meta.url);

export class YamlError extends Error {
  constructor(line: number | undefined, code: string) {
    super(`is not valid YAML (line ${line ?? '?'}: ${code})`);
  }
}

/** Returns plain objects and lists. Throws a {@link YamlError}, also for a duplicate key. */
export const parseYaml = (content: string): unknown => parsed(content).toJS();

export interface YamlEntry {
  readonly key: unknown;
  readonly value: unknown;
  /** The line of the key, counted from 1. */
  readonly line: number;
}

/**
 * Returns the entries of a map, or undefined if the content is no map. Scalars are text, so `123: 007` keeps its zeros.
 * A plain object would reorder keys made of digits. Throws a {@link YamlError}, also for a duplicate key.
 */
export function parseYamlEntries(content: string): readonly YamlEntry[] | undefined {
  const { isMap, isNode, LineCounter } = yaml();
  const lineCounter = new LineCounter();
  const document = parsed(content, { schema: 'failsafe', lineCounter });
  const { contents } = document;
  if (!isMap(contents)) return undefined;
  const lines = contents.items.map(({ key }) => lineCounter.linePos((isNode(key) && key.range?.[0]) || 0).line);
  const entries = [...(document.toJS({ mapAsMap: true }) as Map<unknown, unknown>)];
  return entries.map(([key, value], index) => ({ key, value, line: lines[index] ?? 0 }));
}

function parsed(content: string, options?: ParseOptions & DocumentOptions & SchemaOptions) {
  const document = yaml().parseDocument(content, options);
  const [error] = document.errors;
  if (error) throw new YamlError(error.linePos?.[0].line, error.code);
  return document;
}

/** Loaded on first use, for start time and memory. By `require`, since the environment is read synchronously. */
const yaml = (): typeof import('yaml') => require('yaml') as typeof import('yaml');
