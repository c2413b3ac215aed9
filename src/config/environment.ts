/** Every variable of the environment: its rule, its default, its meaning, and what it must not be in production. */
import { accessSync, constants } from 'node:fs';

import { crossFieldErrors } from './cross-field.checks.js';
import { EnvironmentError, type InvalidVariable } from './environment.error.js';
import { LiveKitKeyRing } from './livekit-key-ring.js';
import {
  bearerToken,
  boolean,
  corsOrigins,
  duration,
  listOf,
  liveKitUrl,
  oneOf,
  port,
  type Reader,
  redisUrl,
  secureUrl,
  text,
  trustProxy,
  InvalidValueError,
  wholeNumber,
} from './value-readers.js';
import { type EnvironmentSource, MUST_BE_STATED, optional, readVariable, variable, type Variable } from './variable.js';

const requestsAMinute = wholeNumber({ min: 0, max: 1_000_000 });

const readableFile: Reader<string> = (path) => {
  try {
    accessSync(path, constants.R_OK);
    return path;
  } catch {
    throw new InvalidValueError('must name a readable file');
  }
};

export const VARIABLES = {
  SERVER_PORT: variable({ meaning: 'port to listen on', read: port, default: '6080' }),
  LIVEKIT_API_KEY: optional({
    meaning: 'API key of LiveKit that signs',
    read: text,
    secret: true,
    defaultInWords: 'devkey (none in production)',
  }),
  LIVEKIT_API_SECRET: optional({
    meaning: 'the secret of that key',
    read: text,
    secret: true,
    defaultInWords: 'secret (none in production)',
  }),
  LIVEKIT_KEYS_FILE: optional({
    meaning:
      "LiveKit's own `key: secret` YAML file instead: the first pair signs, all verify; read again when it changes",
    read: text,
  }),
  LIVEKIT_URL: optional({
    meaning: 'where clients connect to LiveKit',
    read: liveKitUrl,
    default: 'ws://localhost:7880',
    inProduction: undefined,
  }),
  LIVEKIT_INTERNAL_URL: optional({
    meaning: 'where this server calls LiveKit',
    read: liveKitUrl,
    defaultInWords: 'LIVEKIT_URL',
  }),
  TOKEN_RESPONSE_FORMAT: variable({
    meaning: 'body of POST /token: `string` (JSON string), `object` ({"token"}) or `text` (plain text)',
    read: oneOf('string', 'object', 'text'),
    default: 'string',
  }),
  TOKEN_TTL: variable({
    meaning: 'how long a token opens the door, 2m to 24h; LiveKit renews the tokens of connected clients by itself',
    read: duration({ min: '2m', max: '24h' }),
    default: '10m',
  }),
  CLIENT_FIELDS: optional({
    meaning: 'what clients of /livekit/token may set beside names: `metadata`, `attributes`, `agents`, or `none`',
    read: (value) => (value === 'none' ? [] : listOf(oneOf('metadata', 'attributes', 'agents'))(value)),
    defaultInWords: 'metadata,attributes,agents without authentication, else agents',
  }),
  AUTH_MODE: variable({
    meaning: 'who may call: `none` (anybody) or `oidc` (bearers of an access token)',
    read: oneOf('none', 'oidc'),
    default: 'none',
    inProduction: MUST_BE_STATED,
  }),
  OIDC_ISSUER: optional({ meaning: 'issuer whose access tokens are accepted', read: secureUrl }),
  OIDC_AUDIENCE: optional({ meaning: 'audience that access tokens must be made for', read: text }),
  OIDC_JWKS_URI: optional({ meaning: "the issuer's keys", read: secureUrl, defaultInWords: 'by discovery' }),
  OIDC_IDENTITY_CLAIM: variable({
    meaning: "claim that becomes the participant's identity",
    read: text,
    default: 'sub',
  }),
  OIDC_NAME_CLAIM: variable({
    meaning: "claim that becomes the participant's display name",
    read: text,
    default: 'name',
  }),
  JOIN_RULES_FILE: optional({ meaning: 'rules of who may join which rooms with which grants', read: readableFile }),
  CORS_ORIGINS: variable({ meaning: 'origins that may call, comma separated, or *', read: corsOrigins, default: '*' }),
  TRUST_PROXY: variable({
    meaning: 'proxies whose X-Forwarded-For counts: `off`, a number of hops, or addresses',
    read: trustProxy,
    default: 'off',
  }),
  RATE_LIMIT_PER_ADDRESS: variable({
    meaning: 'token requests a minute from one address, 0 for no limit',
    read: requestsAMinute,
    default: '0',
    inProduction: '600',
  }),
  RATE_LIMIT_PER_CALLER: variable({
    meaning: 'token requests a minute of one authenticated caller, 0 for no limit',
    read: requestsAMinute,
    default: '0',
    inProduction: '60',
  }),
  REDIS_URL: optional({
    meaning: 'Redis that shares limits and webhook memory between instances',
    read: redisUrl,
    secret: true,
  }),
  METRICS_TOKEN: optional({
    meaning: 'bearer token that opens /metrics; without it the route is open, and closed in production',
    read: bearerToken,
    secret: true,
  }),
  DOCS_ENABLED: variable({ meaning: 'serve /docs', read: boolean, default: 'true', inProduction: 'false' }),
  PLAYGROUND_ENABLED: variable({
    meaning: 'serve the page at /',
    read: boolean,
    default: 'true',
    inProduction: 'false',
  }),
  LOG_FORMAT: variable({
    meaning: '`json` or `pretty`',
    read: oneOf('json', 'pretty'),
    default: 'pretty',
    inProduction: 'json',
  }),
  SHUTDOWN_DELAY: variable({
    meaning: 'how long readiness is red before the server stops taking connections',
    read: duration({ min: '0s', max: '5m' }),
    default: '0s',
  }),
  WEBHOOK_TOLERANCE: variable({
    meaning: 'clock skew allowed on webhook signatures',
    read: duration({ min: '0s', max: '5m' }),
    default: '60s',
  }),
};

/** Every variable's value by itself, before anything is derived. */
export type Values = {
  readonly [Name in keyof typeof VARIABLES]: (typeof VARIABLES)[Name] extends Variable<infer Value> ? Value : never;
};

/** What is derived, and the variables that it stands for: nobody can then use the half of a pair, or the wrong pair. */
interface Derived {
  readonly LIVEKIT_KEYS: LiveKitKeyRing;
  readonly CLIENT_FIELDS: readonly ClientField[];
  /** Whether everybody may read /metrics. Where not, METRICS_TOKEN opens it, and nothing does where there is none. */
  readonly METRICS_OPEN: boolean;
}

type ClientField = 'metadata' | 'attributes' | 'agents';

/** The environment, read and checked. Durations are whole seconds. */
export type Environment = Derived &
  Omit<Values, keyof Derived | 'LIVEKIT_API_KEY' | 'LIVEKIT_API_SECRET' | 'LIVEKIT_KEYS_FILE'>;

/** Reads and checks every variable. Throws an {@link EnvironmentError} with all faults at once. */
export function readEnvironment(source: EnvironmentSource): Environment {
  const production = source['NODE_ENV'] === 'production';
  const faults: InvalidVariable[] = [];
  const checked = <T>(name: string, read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof InvalidValueError)) throw error;
      faults.push({ variable: name, message: error.message });
      return undefined;
    }
  };

  const values = Object.fromEntries(
    Object.entries<Variable<unknown>>(VARIABLES).map(([name, description]) => [
      name,
      checked(name, () => readVariable(name, description, source, production)),
    ]),
  ) as unknown as Values;
  const wrong = new Set(faults.map(({ variable: name }) => name));
  const keys = checked('LIVEKIT_KEYS_FILE', () => keyRingOf(values, production));
  for (const [name, message] of crossFieldErrors(values, production)) {
    if (!wrong.has(name)) faults.push({ variable: name, message });
  }
  if (faults.length > 0 || keys === undefined) throw new EnvironmentError(faults);

  const { LIVEKIT_API_KEY: _key, LIVEKIT_API_SECRET: _secret, LIVEKIT_KEYS_FILE: _file, ...others } = values;
  return {
    ...others,
    LIVEKIT_KEYS: keys,
    LIVEKIT_INTERNAL_URL: values.LIVEKIT_INTERNAL_URL ?? values.LIVEKIT_URL,
    METRICS_OPEN: values.METRICS_TOKEN === undefined && !production,
    CLIENT_FIELDS:
      values.CLIENT_FIELDS ?? (values.AUTH_MODE === 'none' ? ['metadata', 'attributes', 'agents'] : ['agents']),
  };
}

/** The key file, or the pair, or the reference's development pair as a whole: half of it would go with a foreign half. */
function keyRingOf(values: Values, production: boolean): LiveKitKeyRing | undefined {
  const { LIVEKIT_API_KEY: key, LIVEKIT_API_SECRET: secret, LIVEKIT_KEYS_FILE: file } = values;
  if (file !== undefined) return LiveKitKeyRing.ofFile(file, production);
  if (key !== undefined && secret !== undefined) return LiveKitKeyRing.ofPair({ key, secret });
  const absent = key === undefined && secret === undefined;
  return absent && !production ? LiveKitKeyRing.ofPair({ key: 'devkey', secret: 'secret' }) : undefined;
}
