/** Undocumented internals that internals.oxlintrc.json does not find: private names in strings and patterns, options of V8. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';

const ROOT = join(import.meta.dirname, '..');
const SRC = join(ROOT, 'src');

/** Of public standards: a claim of OpenID Connect Core 1.0, section 5.6.2, and OpenTelemetry's name of other HTTP methods. */
const STANDARD = ['auth/token-acceptance.ts: _claim_names', 'server/request-labels.ts: _OTHER'];

/** Names such as `_events` that a string, a type or a pattern gives to a property. Local names may start with an underscore. */
function privateNames(text: string): string[] {
  const found: string[] = [];
  const note = (name: ts.Node): void => {
    if ((ts.isIdentifier(name) || ts.isStringLiteralLike(name)) && /^_[a-z]/i.test(name.text)) found.push(name.text);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) note(node);
    else if (ts.isTypeElement(node) && node.name) note(node.name);
    else if (ts.isBindingElement(node) && ts.isObjectBindingPattern(node.parent)) note(node.propertyName ?? node.name);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('file.ts', text, ts.ScriptTarget.Latest, true));
  return found;
}

/** Options that commands such as `node --a --b=1 main.js` or `["node", "--a", "main.js"]` pass to Node. */
function nodeOptions(text: string): string[] {
  const commands = text.replace(/["[\],]+/g, ' ').matchAll(/\bnode((?:\s+--[\w-]+(?:=\S+)?)+)/g);
  return [...commands].flatMap(([, options = '']) => options.match(/--[\w-]+/g) ?? []);
}

describe('the search', () => {
  it.each([
    "const KEY = '_events';",
    'interface Internals { _events?: unknown }',
    'const { _events } = emitter;',
    'const { _events: events } = emitter;',
  ])('finds the name in: %s', (text) => expect(privateNames(text)).toEqual(['_events']));

  it('lets local names be', () => {
    expect(privateNames('const { a: _a, ...others } = b; export const f = (_first: number) => others;')).toEqual([]);
  });

  it('finds the options of Node', () => {
    expect(nodeOptions('"start": "node --max-semi-space-size=8 --no-maglev main.js --own"')).toEqual([
      '--max-semi-space-size',
      '--no-maglev',
    ]);
    expect(nodeOptions('ENTRYPOINT ["node", "--no-maglev", "main.js"]')).toEqual(['--no-maglev']);
  });
});

it('src has no private names of Node or of a library', () => {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((path) => /(?<!\.spec)\.ts$/.test(path));
  const found = files.flatMap((path) =>
    privateNames(readFileSync(join(SRC, path), 'utf8')).map((name) => `${path}: ${name}`),
  );
  expect(found).toEqual(STANDARD);
});

it.each(['package.json', 'Dockerfile'])('%s has only options that Node documents', (file) => {
  const options = nodeOptions(readFileSync(join(ROOT, file), 'utf8'));
  expect(options.length).toBeGreaterThan(0);
  // Node documents and allows exactly these in NODE_OPTIONS; V8 has hundreds more.
  expect(options.filter((option) => !process.allowedNodeEnvironmentFlags.has(option))).toEqual([]);
});
