/** Every environment variable: its rule, its default and its meaning. docs/configuration.md is generated from this list. */
import { accessSync, constants } from 'node:fs';

import {
  bearerToken,
  boolean,
  corsOrigins,
  duration,
  InvalidValueError,
  listOf,
  liveKitUrl,
  oneOf,
  port,
  type Reader,
  redisUrl,
  secureUrl,
  text,
  trustProxy,
  wholeNumber,
} from './value-readers.js';
import { TRACING_VARIABLES } from './tracing.variables.js';
import { MUST_BE_STATED, optional, variable, type Variable } from './variable.js';

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
    meaning:
      "who may call: `none` (any client), `oidc` (callers with an access token) or `custom` (callers whom a team's verifier accepts)",
    read: oneOf('none', 'oidc', 'custom'),
    default: 'none',
    inProduction: MUST_BE_STATED,
  }),
  OIDC_ISSUER: optional({ meaning: 'issuer whose access tokens are accepted', read: secureUrl }),
  OIDC_AUDIENCE: optional({
    meaning: 'audiences, comma separated; access tokens must name one of them in `aud`',
    read: listOf(text),
  }),
  OIDC_CLIENT_IDS: optional({
    meaning:
      'clients, comma separated; access tokens must be issued to one of them (`azp`, `client_id`, `cid` or `appid`)',
    read: listOf(text),
  }),
  OIDC_TOKEN_TYPE: optional({
    meaning: '`at+jwt` requires the header type of RFC 9068, `id` accepts ID tokens too',
    read: oneOf('at+jwt', 'id'),
    defaultInWords: 'any access token',
  }),
  OIDC_TENANTS: optional({
    meaning: 'tenants of Microsoft Entra, comma separated, if `OIDC_ISSUER` contains `{tenantid}`',
    read: listOf(text),
  }),
  OIDC_JWKS_URI: optional({ meaning: "the issuer's keys", read: secureUrl, defaultInWords: 'by discovery' }),
  OIDC_IDENTITY_CLAIM: variable({
    meaning: "claim, or path of a claim, that becomes the participant's identity",
    read: text,
    default: 'sub',
  }),
  OIDC_NAME_CLAIM: variable({
    meaning: "claim, or path of a claim, that becomes the participant's display name",
    read: text,
    default: 'name',
  }),
  OIDC_PROVIDERS_FILE: optional({
    meaning: 'YAML file of several identity providers, instead of the other variables; read again when it changes',
    read: readableFile,
  }),
  JOIN_RULES_FILE: optional({ meaning: 'rules of who may join which rooms with which grants', read: readableFile }),
  JOIN_RULES_SHADOW_FILE: optional({
    meaning: 'rules that are evaluated beside JOIN_RULES_FILE; differences are logged and counted, and change nothing',
    read: readableFile,
  }),
  ACCESS_ENFORCEMENT: optional({
    meaning: '`on` or `off`: participants whose access has ended are removed from their rooms',
    read: oneOf('on', 'off'),
    defaultInWords: 'on if AUTH_MODE is oidc or JOIN_RULES_FILE is set, and an address of LiveKit is; else off',
  }),
  ACCESS_RECONCILE: variable({
    meaning: 'how often the participants of LiveKit are compared with the admissions, 1s to 1h; 0 for never',
    read: (value) => (value === '0' ? 0 : duration({ min: '0s', max: '1h' })(value)),
    default: '30s',
  }),
  GATE_TOKEN: optional({
    meaning:
      'what the proxy before LiveKit sends to the gate in `X-Gate-Token`; without it any client may call the gate',
    read: bearerToken,
    secret: true,
  }),
  GATE_UNKNOWN: variable({
    meaning: '`allow` or `refuse`: what the gate does with genuine tokens that this service has no admission of',
    read: oneOf('allow', 'refuse'),
    default: 'allow',
  }),
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
  ...TRACING_VARIABLES,
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

/** The value of each variable, before the cross-field checks. */
export type Values = {
  readonly [Name in keyof typeof VARIABLES]: (typeof VARIABLES)[Name] extends Variable<infer Value> ? Value : never;
};
