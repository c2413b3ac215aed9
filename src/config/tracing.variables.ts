/** The variables of OpenTelemetry that decide whether traces are exported. Its SDK reads these and others by itself. */
import { boolean, httpUrl, oneOf, text } from './value-readers.js';
import { optional, variable, type Variable } from './variable.js';

export const TRACING_VARIABLES = {
  OTEL_EXPORTER_OTLP_ENDPOINT: optional({
    meaning: 'where traces are sent, by OTLP over HTTP; without it there are none. Other standard variables apply, too',
    read: httpUrl,
  }),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: optional({
    meaning: 'the whole URL for traces, instead of `/v1/traces` below that address',
    read: httpUrl,
  }),
  OTEL_EXPORTER_OTLP_PROTOCOL: optional({
    meaning: '`http/protobuf` or `http/json`',
    read: text,
    defaultInWords: 'http/protobuf',
  }),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: optional({
    meaning: 'the same for traces only',
    read: text,
    defaultInWords: 'OTEL_EXPORTER_OTLP_PROTOCOL',
  }),
  OTEL_TRACES_EXPORTER: optional({
    meaning: '`otlp` or `none`',
    read: oneOf('otlp', 'none'),
    defaultInWords: 'otlp',
  }),
  OTEL_SDK_DISABLED: variable({
    meaning: 'turns traces off',
    // By the specification of OpenTelemetry, any other value is false.
    read: (value) => value.toLowerCase() === 'true',
    default: 'false',
  }),
  OTEL_INCLUDE_NAMES: variable({
    meaning: 'name rooms and identities in traces',
    read: boolean,
    default: 'false',
  }),
};

type TracingValues = {
  readonly [Name in keyof typeof TRACING_VARIABLES]: (typeof TRACING_VARIABLES)[Name] extends Variable<infer Value>
    ? Value
    : never;
};

const readProtocol = oneOf('http/protobuf', 'http/json');

export type TracingProtocol = ReturnType<typeof readProtocol>;

/** How traces are exported; undefined if they are not. Throws an `InvalidValueError` if the protocol is not supported. */
export function tracingProtocol(values: TracingValues): TracingProtocol | undefined {
  const endpoint = values.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? values.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (endpoint === undefined || values.OTEL_SDK_DISABLED || values.OTEL_TRACES_EXPORTER === 'none') return undefined;
  return readProtocol(
    values.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL ?? values.OTEL_EXPORTER_OTLP_PROTOCOL ?? 'http/protobuf',
  );
}
