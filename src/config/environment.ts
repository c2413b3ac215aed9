import { crossFieldErrors } from './cross-field.checks.js';
import { EnvironmentError, type InvalidVariable } from './environment.error.js';
import { isDevelopmentKey } from './key-pair.checks.js';
import { readKeyFile } from './livekit-key-file.js';
import type { LiveKitKeys } from './livekit-keys.js';
import { type TracingProtocol, tracingProtocol } from './tracing.variables.js';
import { InvalidValueError, oneOf } from './value-readers.js';
import { type EnvironmentSource, readVariable, type Variable } from './variable.js';
import { type Values, VARIABLES } from './variables.js';

interface Derived {
  /** Replaces LIVEKIT_API_KEY, LIVEKIT_API_SECRET and LIVEKIT_KEYS_FILE. `KeyRing` holds the pairs that are in force. */
  readonly LIVEKIT_KEYS: LiveKitKeys;
  readonly CLIENT_FIELDS: readonly ClientField[];
  /** Whether AUTH_MODE is not set although LiveKit's key is no development key: the service may be open by mistake. */
  readonly AUTH_MODE_FORGOTTEN: boolean;
  /** Whether anyone may read /metrics. If not, METRICS_TOKEN opens it; without METRICS_TOKEN it is closed. */
  readonly METRICS_OPEN: boolean;
  /** Whether the page at / shows which join rule admitted a participant. */
  readonly RULES_SHOWN: boolean;
  /** Whether the page at / shows what the service knows of a failed join. */
  readonly JOURNEYS_SHOWN: boolean;
  /** Whether access ends when its reason ends. */
  readonly ACCESS_ENFORCEMENT: boolean;
  /** How traces are exported; undefined if they are not. */
  readonly TRACING: TracingProtocol | undefined;
  /** Whether production enforces access without Redis: a restart forgets who was admitted and whose access has ended. */
  readonly ACCESS_FORGETS: boolean;
}

type ClientField = 'metadata' | 'attributes' | 'agents';

/** The type of ConfigService: `ConfigService<Environment, true>`. Durations are in seconds. */
export type Environment = Derived &
  Omit<Values, keyof Derived | 'LIVEKIT_API_KEY' | 'LIVEKIT_API_SECRET' | 'LIVEKIT_KEYS_FILE'>;

/** Exact: a misspelled `production` would start without the rules of production. Express compares the exact value, too. */
const readNodeEnv = oneOf('production', 'development', 'test');

/** Reads and checks every variable. Throws an {@link EnvironmentError} that lists all invalid variables. */
export function readEnvironment(source: EnvironmentSource): Environment {
  const production = source['NODE_ENV'] === 'production';
  const invalid: InvalidVariable[] = [];
  const checked = <T>(name: string, read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof InvalidValueError)) throw error;
      for (const message of error.messages) invalid.push({ variable: name, message });
      return undefined;
    }
  };

  checked('NODE_ENV', () => readNodeEnv(source['NODE_ENV'] || 'development'));
  const values = Object.fromEntries(
    Object.entries<Variable<unknown>>(VARIABLES).map(([name, description]) => [
      name,
      checked(name, () => readVariable(name, description, source, production)),
    ]),
  ) as unknown as Values;
  const unread = new Set(invalid.map(({ variable: name }) => name));
  const keys = checked('LIVEKIT_KEYS_FILE', () => keysOf(values, production));
  for (const [name, message] of crossFieldErrors(values, production)) {
    if (!unread.has(name)) invalid.push({ variable: name, message });
  }
  const tracing = checked('OTEL_EXPORTER_OTLP_PROTOCOL', () => tracingProtocol(values));
  if (invalid.length > 0 || keys === undefined) throw new EnvironmentError(invalid);

  const { LIVEKIT_API_KEY: _key, LIVEKIT_API_SECRET: _secret, LIVEKIT_KEYS_FILE: _file, ...others } = values;
  const liveKit = values.LIVEKIT_INTERNAL_URL ?? values.LIVEKIT_URL;
  const enforced = enforcesAccess(values, liveKit);
  return {
    ...others,
    LIVEKIT_KEYS: keys,
    AUTH_MODE_FORGOTTEN: !source['AUTH_MODE']?.trim() && !isDevelopmentKey(keys.pairs[0].key),
    LIVEKIT_INTERNAL_URL: liveKit,
    ACCESS_ENFORCEMENT: enforced,
    TRACING: tracing,
    ACCESS_FORGETS: production && enforced && values.REDIS_URL === undefined,
    METRICS_OPEN: values.METRICS_TOKEN === undefined && !production,
    RULES_SHOWN: values.PLAYGROUND_ENABLED && values.JOIN_RULES_FILE !== undefined && !production,
    JOURNEYS_SHOWN: values.PLAYGROUND_ENABLED && !production,
    CLIENT_FIELDS:
      values.CLIENT_FIELDS ?? (values.AUTH_MODE === 'none' ? ['metadata', 'attributes', 'agents'] : ['agents']),
  };
}

function enforcesAccess(values: Values, liveKit: string | undefined): boolean {
  if (values.ACCESS_ENFORCEMENT !== undefined) return values.ACCESS_ENFORCEMENT === 'on';
  const decides = values.AUTH_MODE === 'oidc' || values.JOIN_RULES_FILE !== undefined;
  return decides && liveKit !== undefined;
}

/** Returns undefined if half of a pair, or in production the whole pair, is missing: crossFieldErrors reports it. */
function keysOf(values: Values, production: boolean): LiveKitKeys | undefined {
  const { LIVEKIT_API_KEY: key, LIVEKIT_API_SECRET: secret, LIVEKIT_KEYS_FILE: file } = values;
  if (file !== undefined) return { pairs: readKeyFile(file, { strict: production }), file, strict: production };
  if (key !== undefined && secret !== undefined) return { pairs: [{ key, secret }] };
  const absent = key === undefined && secret === undefined;
  return absent && !production ? { pairs: [{ key: 'devkey', secret: 'secret' }] } : undefined;
}
