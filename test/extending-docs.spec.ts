/** The code on the page for teams is that of the examples, and these use nothing but what the page offers. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

import { describe, expect, it } from '@jest/globals';

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

  it('names every file of ours that the examples import', () => {
    const offered = new Set(
      [...page.matchAll(/`(src\/[^`]+)`/g)].flatMap(([, path = '']) => {
        const [, before = '', names] = /^(.*)\{(.*)\}$/.exec(path) ?? [];
        return names === undefined ? [path] : names.split(',').map((name) => before + name);
      }),
    );
    const imported = readdirSync(join(ROOT, 'examples'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts'))
      .map((path) => join('examples', path))
      .flatMap((path) =>
        [...readFileSync(join(ROOT, path), 'utf8').matchAll(/from '(\.[^']+)\.js'/g)].map(([, target = '']) =>
          relative(ROOT, join(ROOT, dirname(path), target)),
        ),
      )
      .filter((target) => target.startsWith('src/'));
    expect(imported.filter((target) => !offered.has(target))).toEqual([]);
    expect(imported.length).toBeGreaterThan(5);
  });
});
