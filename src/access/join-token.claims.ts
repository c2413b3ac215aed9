import { createHmac, timingSafeEqual } from 'node:crypto';

/** The parts of a JSON Web Signature in its compact form, in base64url. */
const COMPACT = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/;

/** LiveKit's, in seconds. */
const LEEWAY = 60;

/** What a token for LiveKit says. Nothing is verified. */
interface Unverified {
  readonly claims: Readonly<Record<string, unknown>>;
  readonly isHs256: boolean;
  /** What is signed. */
  readonly content: string;
  readonly signature: Buffer;
}

export interface JoinClaims {
  readonly payload: Readonly<Record<string, unknown>>;
  /** Everything else was verified. */
  readonly hasExpired: boolean;
}

/**
 * Verifies a token signed by HS256, as jose's `jwtVerify` does with a required `exp`: see docs/decisions/signing.md. `secretOf` returns the
 * secret of the key that `iss` names. Returns undefined for a token that is invalid, unless time is the only reason. `now` is in
 * milliseconds since the epoch.
 */
export function verifiedClaims(
  token: string,
  secretOf: (issuer: unknown) => string | undefined,
  now = Date.now(),
): JoinClaims | undefined {
  const read = readToken(token);
  if (read === undefined || !read.isHs256) return undefined;
  const { claims, content, signature } = read;
  const secret = secretOf(claims['iss']);
  if (secret === undefined || !isSigned(content, signature, secret)) return undefined;
  const { exp, nbf, iat } = claims;
  const seconds = Math.floor(now / 1000);
  if (typeof exp !== 'number' || (iat !== undefined && typeof iat !== 'number')) return undefined;
  if (nbf !== undefined && !(typeof nbf === 'number' && nbf <= seconds + LEEWAY)) return undefined;
  return { payload: claims, hasExpired: exp <= seconds - LEEWAY };
}

function isSigned(content: string, signature: Buffer, secret: string): boolean {
  const expected = createHmac('sha256', secret).update(content).digest();
  return signature.length === expected.length && timingSafeEqual(signature, expected);
}

function readToken(token: string): Unverified | undefined {
  const [, head = '', body = '', signature = ''] = COMPACT.exec(token) ?? [];
  const header = objectOf(head);
  const claims = objectOf(body);
  if (header === undefined || claims === undefined) return undefined;
  return {
    claims,
    // No extension that a token may declare as critical is known here (RFC 7515, section 4.1.11).
    isHs256: header['alg'] === 'HS256' && !('crit' in header),
    content: `${head}.${body}`,
    signature: Buffer.from(signature, 'base64url'),
  };
}

/** RFC 7515 demands UTF-8. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

function objectOf(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(utf8.decode(Buffer.from(part, 'base64url')));
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
