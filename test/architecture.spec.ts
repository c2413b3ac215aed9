/** What `npm run check` cannot say of the architecture; .dependency-cruiser.mjs and .oxlintrc.json have its rules. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '..');

it('docs/architecture.md lists the folders in the order of the rules', async () => {
  const { FOLDERS } = (await import(join(ROOT, '.dependency-cruiser.mjs'))) as { FOLDERS: string[] };
  const page = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8');
  const listed = [...page.matchAll(/^\| `([\w-]+)\/` \|/gm)].map(([, folder]) => folder);
  expect(listed).toEqual(FOLDERS);
  // Rules about the form of our files do not bind those of a team.
  const { overrides } = JSON.parse(readFileSync(join(ROOT, '.oxlintrc.json'), 'utf8')) as {
    overrides: { files: string[] }[];
  };
  expect(overrides[0]?.files).toEqual(['src/*.ts', `src/{${FOLDERS.join(',')}}/**/*.ts`]);
});

it('src/config/ alone reads NODE_ENV, which tests set', () => {
  const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts'))
    .map((path) => path.replaceAll('\\', '/'));
  const reading = files.filter((path) => /['"`]NODE_ENV['"`]/.test(readFileSync(join(ROOT, 'src', path), 'utf8')));
  expect(reading).toEqual(['config/environment.ts', 'testing/environment.ts']);
});
