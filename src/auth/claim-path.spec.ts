import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { InvalidValueError } from '../config/value-readers.js';

import { ClaimPath, claimSays, type Claims } from './claim-path.js';

const read = (path: string, claims: Claims): unknown => ClaimPath.parse(path).read(claims);

describe('ClaimPath', () => {
  const claims = {
    sub: 'user-1',
    'cognito:groups': ['host'],
    'https://acme.example/roles': ['host'],
    realm_access: { roles: ['host'], '0': 'zero' },
    resource_access: { 'my.client': { roles: ['staff'] }, web: { roles: [] } },
    'acme.app': { role: 'editor' },
    groups: ['a', 'b'],
    nothing: null,
  };

  it.each([
    ['sub', 'user-1'],
    ['cognito:groups', ['host']],
    ['https://acme.example/roles', ['host']],
    ['realm_access.roles', ['host']],
    ['realm_access[roles]', ['host']],
    ['resource_access[my.client].roles', ['staff']],
    ['resource_access[my.client][roles][0]', 'staff'],
    ['resource_access.web.roles', []],
    ['[acme.app].role', 'editor'],
    ['groups[1]', 'b'],
    ['nothing', null],
    ['realm_access.0', 'zero'],
    ['realm_access[0]', undefined],
    ['groups.0', undefined],
    ['groups[2]', undefined],
    ['groups.length', undefined],
    ['groups[length]', undefined],
    ['sub.length', undefined],
    ['nothing.more', undefined],
    ['resource_access.my.client.roles', undefined],
    ['absent.roles', undefined],
  ])('reads %s', (path, expected) => {
    expect(read(path, claims)).toEqual(expected);
  });

  it('prefers a top-level claim of exactly that name', () => {
    const both = { 'realm_access.roles': ['top'], realm_access: { roles: ['nested'] } };
    expect(read('realm_access.roles', both)).toEqual(['top']);
    expect(read('realm_access[roles]', both)).toEqual(['nested']);
    expect(read('realm_access.roles', { 'realm_access.roles': null, realm_access: { roles: ['nested'] } })).toBe(null);
  });

  it.each([
    '__proto__',
    'constructor',
    'toString',
    'a.__proto__',
    'a.constructor.name',
    '__proto__.polluted',
    'a[__proto__]',
  ])('does not read %s from a prototype', (path) => {
    expect(read(path, { a: {} })).toBeUndefined();
  });

  it('reads a claim that the issuer called __proto__', () => {
    expect(read('__proto__.roles', JSON.parse('{"__proto__":{"roles":["x"]}}') as Claims)).toEqual(['x']);
  });

  it.each(['', '.', 'a.', '.a', 'a..b', 'a[', 'a]', 'a[]', 'a[b', 'a[b]c', 'a.[b]', '[]', 'a[b[c]]', '[a]b'])(
    'refuses %j as malformed',
    (path) => {
      expect(() => ClaimPath.parse(path)).toThrow(InvalidValueError);
    },
  );

  it('finds what any path of names and indexes leads to', () => {
    const name = fc.string({ unit: fc.constantFrom('a', '.', ':', '/', '0', '_'), minLength: 1, maxLength: 4 });
    const step = fc.oneof(
      name.map((text) => (/^(0|[1-9]\d*)$/.test(text) ? `n${text}` : text)),
      fc.nat(3),
    );
    fc.assert(
      fc.property(
        fc.tuple(
          name.map((text) => `${text}x`),
          fc.array(step, { maxLength: 4 }),
        ),
        ([first, others]) => {
          const steps = [first, ...others];
          const value = steps.reduceRight<unknown>(
            (inner, key) => (typeof key === 'number' ? Array.from({ length: key + 1 }, () => inner) : { [key]: inner }),
            'found',
          );
          expect(read(steps.map((key) => `[${key}]`).join(''), value as Claims)).toBe('found');
        },
      ),
    );
  });
});

describe('claimSays', () => {
  it.each([
    ['host', 'host', true],
    [3, 3, true],
    [true, true, true],
    [['guest', 'host'], 'host', true],
    [[3], 3, true],
    [{ host: { '123': 'acme' } }, 'host', true],
    [{ host: null }, 'host', true],
    ['hosts', 'host', false],
    ['3', 3, false],
    [{ '3': {} }, 3, false],
    [['3'], 3, false],
    [[['host']], 'host', false],
    [{}, 'constructor', false],
    [{}, '__proto__', false],
    [[], 'length', false],
    ['host', 'length', false],
    [null, 'null', false],
    [undefined, 'undefined', false],
  ])('%j says %j: %s', (found, value, expected) => {
    expect(claimSays(found, value)).toBe(expected);
  });
});
