/** What the documents say of the environment is what the code does: both are made from the same descriptions. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from '@jest/globals';

import { VARIABLES } from '../src/config/variables.js';
import { MUST_BE_STATED, type Variable } from '../src/config/variable.js';

const ROOT = join(import.meta.dirname, '..');
const variables = Object.entries<Variable<unknown>>(VARIABLES);

function defaultOf(variable: Variable<unknown>): string {
  if (variable.defaultInWords) return variable.defaultInWords;
  const own = variable.default === undefined ? '' : `\`${variable.default}\``;
  if (!('inProduction' in variable)) return own;
  if (variable.inProduction === MUST_BE_STATED) return `${own} (must be stated in production)`;
  return `${own} (${variable.inProduction === undefined ? 'none' : `\`${String(variable.inProduction)}\``} in production)`;
}

function table(): string {
  const rows = variables.map(([name, variable]) => {
    const names = variable.secret ? `\`${name}\`, \`${name}_FILE\`` : `\`${name}\``;
    return `| ${names} | ${defaultOf(variable)} | ${variable.meaning} |`;
  });
  return ['| variable | default | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

function example(): string {
  const entries = variables.map(([name, variable]) => {
    const fallback = defaultOf(variable).replaceAll('`', '');
    return `# ${variable.meaning.replaceAll('`', '')}${fallback ? `; default: ${fallback}` : ''}\n# ${name}=${variable.default ?? ''}\n`;
  });
  return [
    '# Copy to .env and set what differs from the defaults. Values in the environment of the process win.\n' +
      '# Secrets may come from a file instead: LIVEKIT_API_SECRET_FILE=/run/secrets/livekit\n',
    ...entries,
  ].join('\n');
}

/** Between two markers that a renderer does not show. */
const MARKED = /(<!-- variables -->\n\n)[^]*?(\n\n<!-- end of variables -->)/;

it.each([
  ['.env.example', () => example()],
  ['docs/configuration.md', (text: string) => text.replace(MARKED, `$1${table()}$2`)],
])('%s is up to date (else: npm run docs)', (name, render) => {
  const path = join(ROOT, name);
  const expected = render(readFileSync(path, 'utf8'));
  if (process.env['UPDATE_DOCS']) writeFileSync(path, expected);
  expect(readFileSync(path, 'utf8')).toBe(expected);
});

it('has a table to fill in the configuration page', () => {
  expect(readFileSync(join(ROOT, 'docs/configuration.md'), 'utf8')).toMatch(MARKED);
});
