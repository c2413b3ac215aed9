import { importJWK, type JWK } from 'jose';

/** Asymmetric ones only: with HS256, a public key could be used as a shared secret. */
export const ALGORITHMS: readonly string[] = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

/** RFC 7518, section 3.3. */
const MIN_RSA_BITS = 2048;

const CURVES: Readonly<Record<string, string>> = {
  'P-256': 'ES256',
  'P-384': 'ES384',
  'P-521': 'ES512',
  Ed25519: 'EdDSA',
};

/**
 * The keys that can verify a signature. All others are left out: jose fails with an error of the server, not of the token, if a
 * token names one of them, or names none.
 */
export async function usableKeys(keys: readonly JWK[]): Promise<JWK[]> {
  const usable = await Promise.all(keys.map(isUsable));
  return keys.filter((_key, index) => usable[index]);
}

async function isUsable(key: unknown): Promise<boolean> {
  if (typeof key !== 'object' || key === null) return false;
  const jwk = key as JWK;
  const {
    kty,
    use = 'sig',
    key_ops: operations = ['verify'],
    crv = '',
    alg = kty === 'RSA' ? 'RS256' : CURVES[crv],
  } = jwk;
  if (use !== 'sig' || !Array.isArray(operations) || !operations.includes('verify')) return false;
  if (alg === undefined || !ALGORITHMS.includes(alg)) return false;
  try {
    const imported = await importJWK(jwk, alg);
    if (imported instanceof Uint8Array || imported.type !== 'public') return false;
    const { modulusLength = MIN_RSA_BITS } = imported.algorithm as { modulusLength?: number };
    return modulusLength >= MIN_RSA_BITS;
  } catch {
    return false;
  }
}
