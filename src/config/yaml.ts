/** Reads YAML and its subset JSON. Errors name the line and never quote it: it may hold a secret. */
import { createRequire } from 'node:module';

import type {
  Alias,
  CST,
  Document,
  DocumentOptions,
  LineCounter,
  ParseOptions,
  SchemaOptions,
  ToJSOptions,
} from 'yaml';

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
export const parseYaml = (content: string): unknown => valueOf(parsed(content)[0]);

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
  const { isNode, isPair, isMap } = yaml();
  const [document, lineCounter] = parsed(content);
  const at = (offset: number): Position => {
    const { line, col: column } = lineCounter.linePos(offset);
    return { line, column };
  };
  return {
    value: valueOf(document),
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
  const { isMap, isNode } = yaml();
  const [document, lineCounter] = parsed(content, { schema: 'failsafe' });
  const { contents } = document;
  if (!isMap(contents)) return undefined;
  const lines = contents.items.map(({ key }) => lineCounter.linePos((isNode(key) && key.range?.[0]) || 0).line);
  const entries = [...(valueOf(document, { mapAsMap: true }) as Map<unknown, unknown>)];
  return entries.map(([key, value], index) => ({ key, value, line: lines[index] ?? 0 }));
}

type Parsed = readonly [document: Document.Parsed, lineCounter: LineCounter];

function parsed(content: string, options?: ParseOptions & DocumentOptions & SchemaOptions): Parsed {
  const { Composer, LineCounter: Counter } = yaml();
  const lineCounter = new Counter();
  const fail = (offset: number, code: string): never => {
    const { line, col: column } = lineCounter.linePos(offset);
    throw new YamlError({ line, column }, code);
  };
  // Some editors begin files with a byte order mark. Warnings of the parser quote the file.
  const source = content.replace(/^\uFEFF/, '');
  const composer = new Composer({ ...options, logLevel: 'error' });
  const [document, next] = composer.compose(tokensOf(source, lineCounter, fail), true, source.length);
  if (document === undefined) return fail(0, 'IMPOSSIBLE');
  const [error] = document.errors;
  if (error) return fail(error.pos[0], error.code);
  if (next) return fail(next.range[0], 'MULTIPLE_DOCS');
  const alias = ALIAS.test(content) ? wrongAlias(document) : undefined;
  if (alias) {
    const { line, col: column } = lineCounter.linePos(alias.range?.[0] ?? 0);
    throw new YamlError({ line, column }, 'BAD_ALIAS');
  }
  return [document, lineCounter];
}

/**
 * The levels of lists and maps that a file may have. The composer calls itself for each: deeper ones would fill the stack, and Node may
 * end the process when a regular expression is compiled at its end.
 */
const MAX_DEPTH = 200;

function* tokensOf(
  source: string,
  lineCounter: LineCounter,
  fail: (offset: number, code: string) => never,
): Generator<CST.Token> {
  const { Lexer, Parser } = yaml();
  const parser = new Parser(lineCounter.addNewLine);
  lineCounter.addNewLine(0);
  for (const lexeme of new Lexer().lex(source)) {
    yield* parser.next(lexeme);
    if (parser.stack.length > MAX_DEPTH) fail(parser.offset, 'RESOURCE_EXHAUSTION');
  }
  yield* parser.end();
}

/** Where no text matches, there is no alias. */
const ALIAS = /(?:^|[\s[{,])\*/;

/** The first alias of no anchor before it, or of what contains it. */
function wrongAlias(document: Document.Parsed): Alias | undefined {
  const { isAlias, visit } = yaml();
  const anchors = new Map<string, unknown>();
  let wrong: Alias | undefined;
  visit(document, {
    Node(_key, node, path) {
      if (isAlias(node)) {
        const named = anchors.get(node.source);
        if (named !== undefined && path.every((parent) => parent !== named)) return undefined;
        wrong = node;
        return visit.BREAK;
      }
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
      return undefined;
    },
  });
  return wrong;
}

function valueOf(document: Document.Parsed, options?: ToJSOptions): unknown {
  try {
    return document.toJS(options);
  } catch (error) {
    // Aliases of aliases that multiply the file.
    if (error instanceof ReferenceError) throw new YamlError({ line: 1, column: 1 }, 'RESOURCE_EXHAUSTION');
    throw error;
  }
}

/** Loaded on first use, for start time and memory. By `require`, since the environment is read synchronously. */
const yaml = (): typeof import('yaml') => require('yaml') as typeof import('yaml');
