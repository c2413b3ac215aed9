/** Compares the verdict about generated tokens with that of jose's jwtVerify(). */
import { createHmac } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import * as fc from 'fast-check';
import { errors, jwtVerify } from 'jose';

import { type JoinClaims, verifiedClaims, type Verifiers, verifiersOf } from './join-token.claims.js';

const NOW = 1_800_000_000;
const SECRETS = new Map<string, string>([
  ['key', 'a secret'],
  ['other key', 'another secret'],
]);

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function signed(head: string, body: string, secret = 'a secret', hash = 'sha256'): string {
  const content = `${head}.${body}`;
  return `${content}.${createHmac(hash, secret).update(content).digest('base64url')}`;
}

/** What jose says of the token, with the key of the issuer that it names. */
async function byJose(token: string, issuer: unknown): Promise<JoinClaims | undefined> {
  const secret = SECRETS.get(issuer as string);
  if (secret === undefined) return undefined;
  try {
    const { payload } = await jwtVerify(token, new TextEncoder().encode(secret), {
      algorithms: ['HS256'],
      issuer: issuer as string,
      requiredClaims: ['exp'],
      clockTolerance: 60,
      currentDate: new Date(NOW * 1000),
    });
    return { payload, hasExpired: false };
  } catch (error) {
    if (error instanceof errors.JWTExpired) return { payload: error.payload, hasExpired: true };
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}

const ALL = verifiersOf([...SECRETS].map(([key, secret]) => ({ key, secret })));
const ONE = new Map([...ALL].filter(([issuer]) => issuer === 'key'));

const ours = (token: string, verifiers: Verifiers = ALL): JoinClaims | undefined => verifiedClaims(token, verifiers);

beforeAll(() => void jest.spyOn(Date, 'now').mockReturnValue(NOW * 1000 + 999));
afterAll(() => void jest.restoreAllMocks());

const anyTime = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: NOW - 62, max: NOW + 62 }) },
  fc.constantFrom<unknown>('1800000000', null, true, NOW + 0.5, -1, 1e300, {}),
);
const anyClaims = fc.record(
  {
    iss: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom<unknown>('key', 'other key') },
      fc.constantFrom<unknown>('', 'toString', 7, ['key']),
    ),
    exp: anyTime,
    nbf: anyTime,
    iat: anyTime,
    sub: fc.string({ unit: 'grapheme' }),
    video: fc.object({ maxDepth: 1 }),
  },
  { requiredKeys: ['iss', 'exp'] },
);
const anyHeader = fc.record(
  {
    alg: fc.oneof(
      { weight: 8, arbitrary: fc.constant<unknown>('HS256') },
      fc.constantFrom<unknown>('none', 'HS384', 'hs256', 'RS256', 7),
    ),
    typ: fc.constantFrom('JWT', 'at+jwt'),
    kid: fc.string(),
  },
  { requiredKeys: [] },
);

describe('verifiedClaims', () => {
  it('says of generated tokens what jose says', async () => {
    let valid = 0;
    await fc.assert(
      fc.asyncProperty(
        anyHeader,
        anyClaims,
        fc.constantFrom('a secret', 'another secret'),
        async (head, claims, secret) => {
          const token = signed(encoded(head), encoded(claims), secret);
          const found = ours(token);
          if (found !== undefined) valid += 1;
          expect(found).toEqual(await byJose(token, claims.iss));
          expect(ours(token, ONE)).toEqual(claims.iss === 'key' ? found : undefined);
        },
      ),
      { numRuns: 500, examples: [[{ alg: 'HS256' }, { iss: 'key', exp: NOW }, 'a secret']] },
    );
    expect(valid).toBeGreaterThan(0);
  });

  const head = encoded({ alg: 'HS256', typ: 'JWT' });
  const body = encoded({ iss: 'key', sub: 'Zoë', exp: NOW });
  const token = signed(head, body);
  const [, , signature = ''] = token.split('.');
  const bytes = (...values: number[]): string => Buffer.from(values).toString('base64url');
  const text = (json: string): string => Buffer.from(json).toString('base64url');

  it.each([
    ['as it is signed', token, true],
    ['expired by less than the tolerance', signed(head, encoded({ iss: 'key', exp: NOW - 59 })), true],
    ['another signature', `${head}.${body}.${signature.slice(1)}A`, false],
    ['no signature', `${head}.${body}.`, false],
    ['a part of the signature', `${head}.${body}.${signature.slice(0, 20)}`, false],
    ['a signature by SHA-512', signed(head, body, 'a secret', 'sha512'), false],
    ['another algorithm', signed(encoded({ alg: 'HS384' }), body, 'a secret', 'sha384'), false],
    ['two parts', `${head}.${body}`, false],
    ['four parts', `${token}.${signature}`, false],
    [
      'other claims under the signature',
      `${head}.${encoded({ iss: 'key', sub: 'Bob', exp: NOW })}.${signature}`,
      false,
    ],
    ['a critical extension', signed(encoded({ alg: 'HS256', crit: ['b64'], b64: false }), body), false],
    ['no header', signed(encoded(null), body), false],
    ['a list of claims', signed(head, encoded([{ iss: 'key', exp: NOW }])), false],
    ['a text', signed(head, encoded('claims')), false],
    ['no JSON', signed(head, text('{"iss":"key",')), false],
    ['no UTF-8', signed(head, bytes(0x22, 0xff, 0x22)), false],
    ['an endless exp', signed(head, text('{"iss":"key","exp":1e999}')), true],
    ['nothing', '', false],
    ['spaces', ` ${token}`, false],
    ['padding', `${head}.${body}.${signature}=`, false],
    ['the other alphabet', signed(head.replaceAll('_', '/'), body).replace(/.$/, '+'), false],
  ])('judges a token with %s', async (_what, given, isValid) => {
    expect(ours(given) !== undefined).toBe(isValid);
    expect(ours(given, ONE)).toEqual(ours(given));
    if (isValid) expect(ours(given)).toEqual(await byJose(given, 'key'));
  });

  it('takes the claims of an expired token, whose signature is valid', () => {
    const claims = { iss: 'key', exp: NOW - 60 };
    expect(ours(signed(head, encoded(claims)))).toEqual({ payload: claims, hasExpired: true });
    expect(ours(signed(head, encoded(claims), 'another secret'))).toBeUndefined();
  });
});
