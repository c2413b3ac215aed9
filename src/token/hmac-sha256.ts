/** Signs texts with one secret as RFC 2104 says, by Node's own SHA-256; docs/decisions/signing.md says why not by `createHmac`. */
import { hash } from 'node:crypto';

/** Bytes that SHA-256 takes at a time; a secret that is longer counts by its hash. */
const BLOCK = 64;

export class HmacSha256 {
  /** Bytes as the characters of a string, like all that is put together in here. */
  private readonly innerKey: string;
  private readonly outerKey: string;

  constructor(readonly secret: string) {
    const bytes = Buffer.from(secret);
    const key = bytes.length > BLOCK ? hash('sha256', bytes, 'buffer') : bytes;
    this.innerKey = padded(key, 0x36);
    this.outerKey = padded(key, 0x5c);
  }

  /** The signature of a text of ASCII, such as a JWT's, in Base64url. */
  sign(text: string): string {
    const inner = hash('sha256', Buffer.from(this.innerKey + text, 'latin1'), 'binary');
    return hash('sha256', Buffer.from(this.outerKey + inner, 'latin1'), 'base64url');
  }
}

function padded(key: Uint8Array, pad: number): string {
  const block = Buffer.alloc(BLOCK);
  block.set(key);
  return Buffer.from(block.map((byte) => byte ^ pad)).toString('latin1');
}
