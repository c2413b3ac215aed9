/** The same signatures as Node's own HMAC and as RFC 4231 lists. */
import { createHmac, randomBytes } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';

import { HmacSha256 } from './hmac-sha256.js';

describe('HmacSha256', () => {
  it.each([
    ['case 1', '\x0b'.repeat(20), 'Hi There', 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
    [
      'case 2',
      'Jefe',
      'what do ya want for nothing?',
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    ],
  ])('signs as RFC 4231 has it, %s', (_name, secret, text, hexadecimal) => {
    expect(new HmacSha256(secret).sign(text)).toBe(Buffer.from(hexadecimal, 'hex').toString('base64url'));
  });

  it('signs as Node does, for secrets and texts of every length around a block of the hash, and of any character', () => {
    for (let length = 0; length < 200; length += 1) {
      for (const secret of [randomBytes(length).toString('latin1'), 's'.repeat(length), '\u{1f511}'.repeat(length)]) {
        const hmac = new HmacSha256(secret);
        for (const text of ['', randomBytes(length).toString('hex'), 'eyJ.'.repeat(1000 + length)]) {
          expect(hmac.sign(text)).toBe(createHmac('sha256', secret).update(text).digest('base64url'));
        }
      }
    }
  });
});
