import { keyPairErrors } from './key-pair.checks.js';
import type { Values } from './variables.js';

/** Checks variables that depend on each other or on NODE_ENV. Each message continues the name of its variable. */
export function* crossFieldErrors(
  values: Values,
  production: boolean,
): Generator<[name: keyof Values, message: string]> {
  const { LIVEKIT_API_KEY: key, LIVEKIT_API_SECRET: secret, LIVEKIT_KEYS_FILE: keysFile } = values;
  if (keysFile !== undefined && (key !== undefined || secret !== undefined)) {
    yield ['LIVEKIT_KEYS_FILE', 'must not be given beside LIVEKIT_API_KEY or LIVEKIT_API_SECRET'];
  } else if (key !== undefined && secret === undefined) {
    yield ['LIVEKIT_API_SECRET', 'must be given with LIVEKIT_API_KEY'];
  } else if (key === undefined && secret !== undefined) {
    yield ['LIVEKIT_API_KEY', 'must be given with LIVEKIT_API_SECRET'];
  } else if (key !== undefined && secret !== undefined && production) {
    for (const { of, message } of keyPairErrors({ key, secret })) {
      yield [of === 'key' ? 'LIVEKIT_API_KEY' : 'LIVEKIT_API_SECRET', message];
    }
  } else if (keysFile === undefined && production) {
    yield ['LIVEKIT_API_KEY', 'must be given in production, with LIVEKIT_API_SECRET, or LIVEKIT_KEYS_FILE instead'];
  }

  if (values.AUTH_MODE === 'oidc') {
    if (values.OIDC_ISSUER === undefined) yield ['OIDC_ISSUER', 'must be given when AUTH_MODE is oidc'];
    if (values.OIDC_AUDIENCE === undefined) yield ['OIDC_AUDIENCE', 'must be given when AUTH_MODE is oidc'];
  } else if (values.OIDC_ISSUER !== undefined || values.OIDC_JWKS_URI !== undefined) {
    // An operator who names an issuer expects that callers are authenticated.
    yield ['AUTH_MODE', 'must be oidc when OIDC_ISSUER or OIDC_JWKS_URI is given'];
  }
}
