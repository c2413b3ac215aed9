/** Reads YAML, and JSON as its subset, without quoting any of it where it is broken. */
import { createRequire } from 'node:module';

import type { DocumentOptions, SchemaOptions } from 'yaml';

const require = createRequire(import.meta.url);

export class YamlError extends Error {
  constructor(line: number | undefined, code: string) {
    super(`is not valid YAML (line ${line ?? '?'}: ${code})`);
  }
}

/** The value as plain objects and lists. Throws a {@link YamlError}; a key that stands twice is one. */
export const parseYaml = (content: string): unknown => parsed(content).toJS();

/**
 * The value with every scalar left as text, and maps as Map: `123: 007` keeps its zeros, and the order of the file that a
 * plain object loses for keys of digits. Throws a {@link YamlError}.
 */
export const parseYamlTexts = (content: string): unknown =>
  parsed(content, { schema: 'failsafe' }).toJS({ mapAsMap: true });

/** The parser's own messages quote the line, which may be a secret. */
function parsed(content: string, options?: DocumentOptions & SchemaOptions) {
  // Only where there is YAML: the library takes time and memory. By require, since an environment is read in one go.
  const { parseDocument } = require('yaml') as typeof import('yaml');
  const document = parseDocument(content, options);
  const [error] = document.errors;
  if (error) throw new YamlError(error.linePos?.[0].line, error.code);
  return document;
}
