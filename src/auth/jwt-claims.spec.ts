import { describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';

import { claimsOfVerified } from './jwt-claims.js';

describe('claimsOfVerified', () => {
  it.each([
    ['Unicode', '{"sub":"Zoë 🎥","roles":["Gäste"]}'],
    ['a byte order mark', '\uFEFF{"sub":"a"}'],
    ['a claim named __proto__', '{"sub":"a","__proto__":{"admin":true}}'],
    ['characters of which base64url differs', '{"sub":"\u{7FFFF}???>>>"}'],
  ])('reads %s as jose does', (_what, payload) => {
    const jwt = `e30.${Buffer.from(payload).toString('base64url')}.c2ln`;
    const claims = claimsOfVerified(jwt);
    expect(claims).toEqual(decodeJwt(jwt));
    expect(Object.keys(claims)).toEqual(Object.keys(decodeJwt(jwt)));
  });
});
