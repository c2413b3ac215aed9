import { describe, expect, it } from '@jest/globals';

import { temporaryFile } from '../../test/support/temporary-file.js';
import { InvalidValueError } from '../config/value-readers.js';

import { ClaimTemplate } from './claim-template.js';
import { readProvidersFile } from './providers.file.js';

const templates = { identity: ClaimTemplate.parse('${sub}'), displayName: ClaimTemplate.parse('${name}') };

function errorsOf(content: string): readonly string[] {
  try {
    readProvidersFile(temporaryFile(content).path, templates);
  } catch (error) {
    if (error instanceof InvalidValueError) return error.messages;
    throw error;
  }
  return [];
}

describe('readProvidersFile', () => {
  const valid = { name: 'a', issuer: 'https://a.example', audience: 'x', identity: 'a:${sub}' };
  const other = { name: 'b', issuer: 'https://b.example', audience: 'x', identity: 'b:${sub}' };
  const client = { clientId: 'c', clientSecretFile: temporaryFile('hunter2\n').path };
  it.each<[string, unknown, RegExp]>([
    ['no list', { providers: [] }, /must be a list/],
    ['an empty list', [], /must be a list/],
    ['no YAML', '- name: [', /YAML/],
    ['a text', ['a'], /provider 1: must be a map/],
    ['an unknown key', [{ ...valid, audiance: 'x' }], /provider 1: audiance is not known/],
    ['no name', [{ ...valid, name: undefined }], /provider 1: name must be given/],
    ['a name of another form', [{ ...valid, name: 'Staff!' }], /provider 1: name /],
    ['no issuer', [valid, { ...other, issuer: undefined }], /provider 2: issuer must be given/],
    ['an issuer by http', [{ ...valid, issuer: 'http://a.example' }], /provider 1: issuer /],
    ['neither audience nor clients', [{ ...valid, audience: undefined }], /audience or clientIds/],
    ['an audience that is a number', [{ ...valid, audience: [312345678901234567n.toString(), 7] }], /in quotes/],
    ['an unknown token type', [{ ...valid, tokenType: 'jwt' }], /tokenType/],
    ['a template without an end', [{ ...valid, identity: 'a:${sub' }], /identity /],
    ['an identity without a claim', [{ ...valid, identity: 'a' }], /identity /],
    ['a malformed path', [{ ...valid, displayName: '${a..b}' }], /displayName /],
    ['tenants of one issuer', [{ ...valid, tenants: ['t'] }], /tenants/],
    ['a multi-tenant issuer without tenants', [{ ...valid, issuer: 'https://a.example/{tenantid}' }], /tenants/],
    ['two of one name', [valid, { ...other, name: 'a' }], /providers 1 and 2 have the same name/],
    ['two of one issuer', [valid, { ...other, issuer: valid.issuer }], /providers 1 and 2 have the same issuer/],
    ['an identity without a prefix', [valid, { ...other, identity: '${sub}' }], /provider 2: identity/],
    ['the default identity beside another', [valid, { ...other, identity: undefined }], /provider 2: identity/],
    ['the same prefix', [valid, { ...other, identity: 'a:${email}' }], /providers 1 and 2: /],
    ['a prefix of a prefix', [valid, { ...other, identity: 'a:b:${sub}' }], /providers 1 and 2: /],
    ['introspection without a client', [{ ...valid, introspection: {} }], /introspection: clientId must be given/],
    ['no secret', [{ ...valid, introspection: { clientId: 'c' } }], /introspection: clientSecretFile must be given/],
    [
      'a secret in the file',
      [{ ...valid, introspection: { ...client, clientSecret: 'hunter2' } }],
      /clientSecret is not/,
    ],
    ['a secret that is not there', [{ ...valid, introspection: { ...client, clientSecretFile: '/no' } }], /readable/],
    ['always that is a word', [{ ...valid, introspection: { ...client, always: 'yes' } }], /always/],
    ['an endpoint by http', [{ ...valid, introspection: { ...client, endpoint: 'http://a.example' } }], /endpoint/],
  ])('refuses %s', (_what, content, message) => {
    const errors = errorsOf(typeof content === 'string' ? content : JSON.stringify(content));
    expect(errors.join('\n')).toMatch(message);
    expect(errors.join('\n')).not.toContain('hunter2');
  });

  it('refuses a path that cannot be read, without quoting it', () => {
    expect(() => readProvidersFile('/does/not/exist', templates)).toThrow(/^must name a readable file$/);
  });
});
