/** docs/extending-reference.md has the signature and the comment of everything that a team's module may import. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from '@jest/globals';
import ts from 'typescript';

const ROOT = join(import.meta.dirname, '..');
const PAGE = join(ROOT, 'docs/extending-reference.md');

const INTRODUCTION = `# What a module may import

The signatures of the files that [extending.md](extending.md#what-a-module-may-import) lists, generated from the code by \`npm run docs\`.
Members that are private, and constructors of classes that Nest creates, are left out.
`;

/** The files that the guide lists, in its order. */
function offered(): string[] {
  const [, list = ''] = readFileSync(join(ROOT, 'docs/extending.md'), 'utf8').split('## What a module may import\n');
  return [...list.matchAll(/`(src\/[^`]+)`/g)].flatMap(([, path = '']) => {
    const [, before = '', names] = /^(.*)\{(.*)\}$/.exec(path) ?? [];
    return names === undefined ? [path] : names.split(',').map((name) => before + name);
  });
}

function declarationsOf(path: string): string {
  const text = readFileSync(join(ROOT, `${path}.ts`), 'utf8');
  const compilerOptions = {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.ESNext,
    experimentalDecorators: true,
  };
  const { outputText } = ts.transpileDeclaration(text, { fileName: `${path}.ts`, compilerOptions });
  return outputText
    .replaceAll(/^import [^;]*;\n/gm, '')
    .replaceAll(/(?:^ +\/\*\*(?:[^*]|\*(?!\/))*\*\/\n)?^ +(?:private|constructor)\b[^\n]*;\n/gm, '')
    .replaceAll(/^export \{\};\n/gm, '')
    .replaceAll(/^( {4})+/gm, (indentation) => ' '.repeat(indentation.length / 2))
    .trim();
}

it('docs/extending-reference.md is that of the code (else: npm run docs)', () => {
  const files = offered();
  const sections = files.map((path) => `\n## ${path}\n\n\`\`\`ts\n${declarationsOf(path)}\n\`\`\`\n`);
  const expected = INTRODUCTION + sections.join('');
  if (process.env['UPDATE_DOCS']) writeFileSync(PAGE, expected);
  expect(readFileSync(PAGE, 'utf8')).toBe(expected);
  expect(files.length).toBeGreaterThan(25);
  // What TypeScript cannot say without its type: annotate the export.
  expect(expected.match(/^export declare const \w+: any;$/gm)).toBeNull();
});
