import { keyPairErrors } from './key-pair.checks.js';
import { secretError } from './secret.checks.js';
import type { Values } from './variables.js';

/** The name of a variable, and a message that continues it. */
type Invalid = [name: keyof Values, message: string];

/** Limits guessing: 16 characters out of 64 hold 96 bits. */
const MIN_TOKEN_LENGTH = 16;

/** Checks variables that depend on each other or on NODE_ENV. */
export function* crossFieldErrors(values: Values, production: boolean): Generator<Invalid> {
  yield* keyErrors(values, production);
  yield* authenticationErrors(values);
  if (values.JOIN_RULES_SHADOW_FILE !== undefined && values.JOIN_RULES_FILE === undefined) {
    yield ['JOIN_RULES_SHADOW_FILE', 'must be set together with JOIN_RULES_FILE'];
  }
  const liveKit = values.LIVEKIT_INTERNAL_URL ?? values.LIVEKIT_URL;
  if (values.ACCESS_ENFORCEMENT === 'on' && liveKit === undefined) {
    yield ['ACCESS_ENFORCEMENT', 'must be off unless LIVEKIT_URL or LIVEKIT_INTERNAL_URL is set'];
  }
  if (values.ACCESS_ENFORCEMENT === 'off' && values.GATE_TOKEN !== undefined) {
    yield ['GATE_TOKEN', 'must not be set while ACCESS_ENFORCEMENT is off: there is no gate'];
  }
  for (const name of ['METRICS_TOKEN', 'GATE_TOKEN'] as const) {
    const message = production && values[name] !== undefined ? secretError(values[name], MIN_TOKEN_LENGTH) : undefined;
    if (message !== undefined) yield [name, message];
  }
}

function* keyErrors(values: Values, production: boolean): Generator<Invalid> {
  const { LIVEKIT_API_KEY: key, LIVEKIT_API_SECRET: secret, LIVEKIT_KEYS_FILE: keysFile } = values;
  if (keysFile !== undefined) {
    if (key === undefined && secret === undefined) return;
    yield ['LIVEKIT_KEYS_FILE', 'must not be set together with LIVEKIT_API_KEY or LIVEKIT_API_SECRET'];
  } else if (key === undefined && secret !== undefined) {
    yield ['LIVEKIT_API_KEY', 'must be set together with LIVEKIT_API_SECRET'];
  } else if (key !== undefined && secret === undefined) {
    yield ['LIVEKIT_API_SECRET', 'must be set together with LIVEKIT_API_KEY'];
  } else if (key === undefined && production) {
    yield [
      'LIVEKIT_API_KEY',
      'must be set in production together with LIVEKIT_API_SECRET, or LIVEKIT_KEYS_FILE instead',
    ];
  }
  for (const { of, message } of production ? keyPairErrors({ key, secret }) : []) {
    yield [of === 'key' ? 'LIVEKIT_API_KEY' : 'LIVEKIT_API_SECRET', message];
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

function* authenticationErrors(values: Values): Generator<Invalid> {
  const { AUTH_MODE: mode, OIDC_ISSUER: issuer, OIDC_PROVIDERS_FILE: file } = values;
  if (mode !== 'oidc') {
    // An operator who names an issuer expects that its tokens are required.
    if (issuer !== undefined || values.OIDC_JWKS_URI !== undefined || file !== undefined) {
      yield ['AUTH_MODE', 'must be oidc when OIDC_ISSUER, OIDC_JWKS_URI or OIDC_PROVIDERS_FILE is set'];
    }
    return;
  }
  if (file !== undefined) {
    const others = OF_ONE_PROVIDER.filter((name) => values[name] !== undefined);
    if (others.length > 0) yield ['OIDC_PROVIDERS_FILE', `must not be set together with ${others.join(', ')}`];
    return;
  }
  if (issuer === undefined) yield ['OIDC_ISSUER', 'must be set when AUTH_MODE is oidc, or OIDC_PROVIDERS_FILE instead'];
  if (values.OIDC_AUDIENCE === undefined && values.OIDC_CLIENT_IDS === undefined) {
    yield ['OIDC_AUDIENCE', 'or OIDC_CLIENT_IDS must be set when AUTH_MODE is oidc'];
  }
  const multiTenant = issuer?.includes('{tenantid}') === true;
  if (multiTenant && values.OIDC_TENANTS === undefined) {
    yield ['OIDC_TENANTS', 'must be set when OIDC_ISSUER contains {tenantid}'];
  }
  if (!multiTenant && issuer !== undefined && values.OIDC_TENANTS !== undefined) {
    yield ['OIDC_TENANTS', 'must not be set unless OIDC_ISSUER contains {tenantid}'];
  }
}
