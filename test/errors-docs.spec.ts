/** The table of codes in docs/errors.md is made from the catalogue. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from '@jest/globals';

import { type ErrorCode, errorExample, ERRORS } from '../src/errors/error.catalogue.js';

const PAGE = join(import.meta.dirname, '../docs/errors.md');
const MARKED = /(<!-- codes -->\n\n)[^]*?(\n?<!-- end of codes -->)/;

function table(): string {
  const rows = Object.entries(ERRORS).map(
    ([code, { status, documentation }]) =>
      `| ${status} | \`${code}\` | ${documentation} | ${errorExample(code as ErrorCode)} |`,
  );
  return ['| status | code | when | text, for example |', '| --- | --- | --- | --- |', ...rows, ''].join('\n');
}

it('docs/errors.md is up to date (else: npm run docs)', () => {
  const page = readFileSync(PAGE, 'utf8');
  const expected = page.replace(MARKED, `$1${table()}$2`);
  if (process.env['UPDATE_DOCS']) writeFileSync(PAGE, expected);
  expect(page).toMatch(MARKED);
  expect(readFileSync(PAGE, 'utf8')).toBe(expected);
});
