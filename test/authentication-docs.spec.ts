/** The settings, rules and providers on docs/authentication.md are valid. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { ClaimTemplate } from '../src/auth/claim-template.js';
import { readProvidersFile } from '../src/auth/providers.file.js';
import { parseJoinRules } from '../src/rules/join-rules.parser.js';

import { invalidVariables } from './support/invalid-variables.js';
import { temporaryFile } from './support/temporary-file.js';

const page = readFileSync(join(import.meta.dirname, '../docs/authentication.md'), 'utf8');

const PROVIDERS = [
  'Keycloak',
  'Microsoft Entra',
  'Amazon Cognito',
  'Auth0',
  'Okta',
  'ZITADEL',
  'Supabase',
  'Firebase',
  'Google',
];

const blocksIn = (text: string, language: string): string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'))].map(([, content = '']) => content);

const sectionOf = (title: string): string => page.split(/^## /m).find((text) => text.startsWith(`${title}\n`)) ?? '';

const settingsIn = (block: string): Record<string, string> =>
  Object.fromEntries(block.split('\n').flatMap((line) => (/^\w+=/.test(line) ? [line.split(/=(.*)/, 2)] : [])));

describe('docs/authentication.md', () => {
  it.each(PROVIDERS)('has a recipe for %s: what to do there, what to set here, how to see that it works', (title) => {
    const section = sectionOf(title);
    const settings = blocksIn(section, 'ini').map(settingsIn);
    expect(settings.length).toBeGreaterThan(0);
    for (const one of settings) {
      expect(one).toMatchObject({ AUTH_MODE: 'oidc', OIDC_ISSUER: expect.stringMatching(/^https:/) as unknown });
      expect(invalidVariables(one)).toEqual([]);
    }
    expect(blocksIn(section, 'yaml').length).toBeGreaterThan(0);
    expect(section).toMatch(/^There: /m);
    expect(section).toMatch(/^To see that it works: the doctor /m);
    expect(page).toContain(`| [${title}](#${title.toLowerCase().replaceAll(' ', '-')}) |`);
  });

  it('shows valid join rules, and a valid file of providers', () => {
    const blocks = blocksIn(page, 'yaml');
    const isProviders = (block: string): boolean => block.startsWith('# providers\n');
    for (const block of blocks.filter((one) => !isProviders(one))) expect(parseJoinRules(block).errors).toEqual([]);
    const providers = blocks.find(isProviders) ?? '';
    const file = providers.replace('/run/secrets/zitadel', temporaryFile('hunter2').path);
    const templates = { identity: ClaimTemplate.parse('${sub}'), displayName: ClaimTemplate.parse('${name}') };
    expect(readProvidersFile(temporaryFile(file).path, templates).map(({ name }) => name)).toEqual([
      'staff',
      'partners',
      'guests',
    ]);
  });
});
