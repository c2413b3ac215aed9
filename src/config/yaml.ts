/** Reads YAML and its subset JSON. Errors name the line and never quote it: it may hold a secret. */
import { createRequire } from 'node:module';

import type { DocumentOptions, ParseOptions, SchemaOptions } from 'yaml';

const require = createRequire(import.meta.url);

export class YamlError extends Error {
  constructor(
    readonly position: Position | undefined,
    code: string,
  ) {
    super(`is not valid YAML (line ${position?.line ?? '?'}: ${code})`);
  }
}

/** Returns plain objects and lists. Throws a {@link YamlError}, also for a duplicate key. */
export const parseYaml = (content: string): unknown => parsed(content).toJS();

/** Where a value begins; both counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface PositionedYaml {
  /** Plain objects and lists. */
  readonly value: unknown;
  /** The position of the value at this path; of the nearest value around it if there is none. */
  positionOf(path: readonly (string | number)[]): Position;
}

/** As {@link parseYaml}, with positions. A {@link YamlError} has one too. */
export function parsePositionedYaml(content: string): PositionedYaml {
  const { isNode, isPair, isMap, LineCounter } = yaml();
  const lineCounter = new LineCounter();
  const document = parsed(content, { lineCounter });
  const at = (offset: number): Position => {
    const { line, col: column } = lineCounter.linePos(offset);
    return { line, column };
  };
  return {
    value: document.toJS(),
    positionOf(path) {
      for (let length = path.length; length > 0; length -= 1) {
        const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
        const key = path[length - 1];
        // The key of a map tells more than its value, which may begin on the next line.
        const pair = isMap(parent) ? parent.items.find((item) => String(item.key) === key) : undefined;
        const node = isPair(pair) ? pair.key : document.getIn(path.slice(0, length), true);
        if (isNode(node) && node.range) return at(node.range[0]);
      }
      return at(document.contents?.range?.[0] ?? 0);
    },
  };
}

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
  if (error) {
    const start = error.linePos?.[0];
    throw new YamlError(start && { line: start.line, column: start.col }, error.code);
  }
  return document;
}

/** Loaded on first use, for start time and memory. By `require`, since the environment is read synchronously. */
const yaml = (): typeof import('yaml') => require('yaml') as typeof import('yaml');
