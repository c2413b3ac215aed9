/** What is wrong with the environment as a whole, where each variable is right by itself. */
import type { Values } from './environment.js';
import { errorInProduction } from './livekit-key-pair.js';

/** Each contradiction as a fault of one variable, in words that continue its name. */
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
    const fault = errorInProduction({ key, secret });
    if (fault) yield [fault.of === 'key' ? 'LIVEKIT_API_KEY' : 'LIVEKIT_API_SECRET', fault.message];
  } else if (keysFile === undefined && production) {
    yield ['LIVEKIT_API_KEY', 'must be given in production, with LIVEKIT_API_SECRET, or LIVEKIT_KEYS_FILE instead'];
  }

  if (values.AUTH_MODE === 'oidc') {
    if (values.OIDC_ISSUER === undefined) yield ['OIDC_ISSUER', 'must be given when AUTH_MODE is oidc'];
    if (values.OIDC_AUDIENCE === undefined) yield ['OIDC_AUDIENCE', 'must be given when AUTH_MODE is oidc'];
  } else if (values.OIDC_ISSUER !== undefined || values.OIDC_JWKS_URI !== undefined) {
    // An operator who names an issuer believes that callers are checked.
    yield ['AUTH_MODE', 'must be oidc when OIDC_ISSUER or OIDC_JWKS_URI is given'];
  }
}
