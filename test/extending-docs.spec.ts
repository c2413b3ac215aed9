/** The code on the page for teams is that of the examples, and these use nothing but what the page offers. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { publicPaths } from './support/public-api.js';

const ROOT = join(import.meta.dirname, '..');
const PAGE = join(ROOT, 'docs/extending.md');
const page = readFileSync(PAGE, 'utf8');

/** A marker that names a file, and the block of code that may follow it. */
const MARKED = /<!-- (examples\/\S+) -->\n(?:\n```ts\n[^]*?\n```\n)?/g;

/** The code of a file without the sentence it opens with, which the page says in its own words. */
const codeOf = (path: string): string =>
  readFileSync(join(ROOT, path), 'utf8')
    .replace(/^\/\*\*[^]*?\*\/\n/, '')
    .trim();

describe('docs/extending.md', () => {
  it('shows the code of the examples as it is (else: npm run docs)', () => {
    const expected = page.replace(
      MARKED,
      (_all, path: string) => `<!-- ${path} -->\n\n\`\`\`ts\n${codeOf(path)}\n\`\`\`\n`,
    );
    if (process.env['UPDATE_DOCS']) writeFileSync(PAGE, expected);
    expect(readFileSync(PAGE, 'utf8')).toBe(expected);
    expect(page.match(MARKED)?.length).toBeGreaterThan(5);
  });

  it('names every path that the package exports, and the examples import nothing else of ours', () => {
    const paths = publicPaths().map(({ path }) => path);
    const [, list = ''] = page.split('## What a module may import\n');
    const listed = [...list.matchAll(/^\| `([^`]+)` \|/gm)].map(([, path = '']) => path);
    expect(listed.toSorted()).toEqual(paths);

    const files = readdirSync(join(ROOT, 'examples'), { recursive: true, encoding: 'utf8' });
    const imported = files
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts'))
      .flatMap((path) => [
        ...readFileSync(join(ROOT, 'examples', path), 'utf8').matchAll(
          / from '((?:\.\.\/)+src\/[^']+|livekit-token[^']*)'/g,
        ),
      ])
      .map(([, path = '']) => path);
    expect(imported.filter((path) => !paths.includes(path))).toEqual([]);
    expect(imported.length).toBeGreaterThan(5);
  });
});
