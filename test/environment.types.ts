/** Read by the compiler alone: the type that ConfigService has for a team. One of another type is a breaking change. */
import type { Environment, LiveKitKeys, TracingProtocol } from '../src/public/config.js';

interface Promised {
  readonly LIVEKIT_KEYS: LiveKitKeys;
  readonly CLIENT_FIELDS: readonly ('metadata' | 'attributes' | 'agents')[];
  readonly AUTH_MODE_FORGOTTEN: boolean;
  readonly METRICS_OPEN: boolean;
  readonly RULES_SHOWN: boolean;
  readonly JOURNEYS_SHOWN: boolean;
  readonly ACCESS_ENFORCEMENT: boolean;
  readonly TRACING: TracingProtocol | undefined;
  readonly ACCESS_FORGETS: boolean;
  readonly LIVEKIT_URL: string | undefined;
  readonly OTEL_EXPORTER_OTLP_PROTOCOL: string | undefined;
  readonly SHUTDOWN_DELAY: number;
  readonly WEBHOOK_TOLERANCE: number;
  readonly OTEL_EXPORTER_OTLP_ENDPOINT: string | undefined;
  readonly OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: string | undefined;
  readonly OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: string | undefined;
  readonly OTEL_TRACES_EXPORTER: 'none' | 'otlp' | undefined;
  readonly OTEL_SDK_DISABLED: boolean;
  readonly OTEL_INCLUDE_NAMES: boolean;
  readonly SERVER_PORT: number;
  readonly LIVEKIT_INTERNAL_URL: string | undefined;
  readonly TOKEN_RESPONSE_FORMAT: 'string' | 'object' | 'text';
  readonly TOKEN_TTL: number;
  readonly AUTH_MODE: 'none' | 'oidc' | 'custom';
  readonly OIDC_ISSUER: string | undefined;
  readonly OIDC_AUDIENCE: readonly string[] | undefined;
  readonly OIDC_CLIENT_IDS: readonly string[] | undefined;
  readonly OIDC_TOKEN_TYPE: 'at+jwt' | 'id' | undefined;
  readonly OIDC_TENANTS: readonly string[] | undefined;
  readonly OIDC_JWKS_URI: string | undefined;
  readonly OIDC_IDENTITY_CLAIM: string;
  readonly OIDC_NAME_CLAIM: string;
  readonly OIDC_PROVIDERS_FILE: string | undefined;
  readonly JOIN_RULES_FILE: string | undefined;
  readonly JOIN_RULES_SHADOW_FILE: string | undefined;
  readonly ACCESS_RECONCILE: number;
  readonly GATE_TOKEN: string | undefined;
  readonly GATE_UNKNOWN: 'allow' | 'refuse';
  readonly CORS_ORIGINS: readonly string[] | '*';
  readonly TRUST_PROXY: number | false | readonly string[];
  readonly RATE_LIMIT_PER_ADDRESS: number;
  readonly RATE_LIMIT_PER_CALLER: number;
  readonly REDIS_URL: string | undefined;
  readonly METRICS_TOKEN: string | undefined;
  readonly DOCS_ENABLED: boolean;
  readonly PLAYGROUND_ENABLED: boolean;
  readonly LOG_FORMAT: 'pretty' | 'json';
}

type Same<One, Other> =
  (<T>() => T extends { [Key in keyof One]: One[Key] } ? 1 : 2) extends <T>() => T extends {
    [Key in keyof Other]: Other[Key];
  }
    ? 1
    : 2
    ? true
    : false;

export const environmentIsAsPromised: Same<Environment, Promised> = true;
