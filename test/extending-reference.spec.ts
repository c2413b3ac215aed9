/** docs/extending-reference.md is the report of what the package exports: a removed export, or one of another type, changes it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from '@jest/globals';

import { publicPaths } from './support/public-api.js';

const ROOT = join(import.meta.dirname, '..');
const PAGE = join(ROOT, 'docs/extending-reference.md');

const INTRODUCTION = `# What a module may import

Everything that the package exports, by the path to import it from. Generated from the code by \`npm run docs\`. Members that are private,
and constructors of classes that Nest creates, are left out. A declaration without \`export\` is part of another one and cannot be imported.
`;

const paths = publicPaths();

it('docs/extending-reference.md is that of the code (else: npm run docs)', () => {
  const sections = paths.map(({ path, declarations }) => `\n## ${path}\n\n\`\`\`ts\n${declarations}\n\`\`\`\n`);
  const expected = INTRODUCTION + sections.join('');
  if (process.env['UPDATE_DOCS']) writeFileSync(PAGE, expected);
  expect(readFileSync(PAGE, 'utf8')).toBe(expected);
  // What TypeScript cannot say without its type: annotate the export.
  expect(expected.match(/^export declare const \w+: any;$/gm)).toBeNull();
});

it('every type that a public declaration names is public itself', () => {
  // Part of `Environment`: environment.types.ts says what it is.
  expect(paths.flatMap(({ unreachable }) => unreachable)).toEqual(['Values (src/config/variables.ts)']);
});

it('package.json exports these paths, and nothing else but itself', () => {
  const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { exports: unknown };
  const expected = paths.map(({ path }) => {
    const name = path.replace('livekit-token-service', '');
    const file = `./dist/public${name === '' ? '/index' : name}`;
    return [`.${name}`, { types: `${file}.d.ts`, default: `${file}.js` }] as const;
  });
  expect(exports).toEqual({ ...Object.fromEntries(expected), './package.json': './package.json' });
});
