/** The tables in docs/errors.md are made from the catalogues. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from '@jest/globals';

import { type ErrorCode, errorExample, ERRORS } from '../src/errors/error.catalogue.js';
import { REASONS } from '../src/errors/reason.catalogue.js';

const PAGE = join(import.meta.dirname, '../docs/errors.md');
const marked = (part: string): RegExp => new RegExp(`(<!-- ${part} -->\\n\\n)[^]*?(\\n?<!-- end of ${part} -->)`);

function reasons(): string {
  const rows = Object.entries(REASONS).map(([key, text]) => `| \`${key}\` | ${text} |`);
  return ['| key | text |', '| --- | --- |', ...rows, ''].join('\n');
}

function table(): string {
  const rows = Object.entries(ERRORS).map(
    ([code, { status, documentation }]) =>
      `| ${status} | \`${code}\` | ${documentation} | ${errorExample(code as ErrorCode)} |`,
  );
  return ['| status | code | when | text, for example |', '| --- | --- | --- | --- |', ...rows, ''].join('\n');
}

it('docs/errors.md is up to date (else: npm run docs)', () => {
  const page = readFileSync(PAGE, 'utf8');
  const expected = page.replace(marked('codes'), `$1${table()}$2`).replace(marked('reasons'), `$1${reasons()}$2`);
  if (process.env['UPDATE_DOCS']) writeFileSync(PAGE, expected);
  for (const part of ['codes', 'reasons']) expect(page).toMatch(marked(part));
  expect(readFileSync(PAGE, 'utf8')).toBe(expected);
});
