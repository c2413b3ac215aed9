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

  yield* authenticationErrors(values);
  if (values.JOIN_RULES_SHADOW_FILE !== undefined && values.JOIN_RULES_FILE === undefined) {
    yield ['JOIN_RULES_SHADOW_FILE', 'must be given with JOIN_RULES_FILE'];
  }
}

/** Variables of the one provider that OIDC_PROVIDERS_FILE replaces. */
const OF_ONE_PROVIDER = [
  'OIDC_ISSUER',
  'OIDC_AUDIENCE',
  'OIDC_CLIENT_IDS',
  'OIDC_JWKS_URI',
  'OIDC_TOKEN_TYPE',
  'OIDC_TENANTS',
] as const satisfies readonly (keyof Values)[];

function* authenticationErrors(values: Values): Generator<[name: keyof Values, message: string]> {
  const { AUTH_MODE: mode, OIDC_ISSUER: issuer, OIDC_PROVIDERS_FILE: file } = values;
  if (mode !== 'oidc') {
    // An operator who names an issuer expects that its tokens are required.
    if (issuer !== undefined || values.OIDC_JWKS_URI !== undefined || file !== undefined) {
      yield ['AUTH_MODE', 'must be oidc when OIDC_ISSUER, OIDC_JWKS_URI or OIDC_PROVIDERS_FILE is given'];
    }
    return;
  }
  if (file !== undefined) {
    const others = OF_ONE_PROVIDER.filter((name) => values[name] !== undefined);
    if (others.length > 0) yield ['OIDC_PROVIDERS_FILE', `must not be given beside ${others.join(', ')}`];
    return;
  }
  if (issuer === undefined)
    yield ['OIDC_ISSUER', 'must be given when AUTH_MODE is oidc, or OIDC_PROVIDERS_FILE instead'];
  if (values.OIDC_AUDIENCE === undefined && values.OIDC_CLIENT_IDS === undefined) {
    yield ['OIDC_AUDIENCE', 'or OIDC_CLIENT_IDS must be given when AUTH_MODE is oidc'];
  }
  const multiTenant = issuer?.includes('{tenantid}') === true;
  if (multiTenant && values.OIDC_TENANTS === undefined) {
    yield ['OIDC_TENANTS', 'must be given when OIDC_ISSUER contains {tenantid}'];
  }
  if (!multiTenant && issuer !== undefined && values.OIDC_TENANTS !== undefined) {
    yield ['OIDC_TENANTS', 'must not be given unless OIDC_ISSUER contains {tenantid}'];
  }
}
