/** Spans of this service. Without an SDK, each function returns at once or only calls `work`. */
import {
  type Attributes,
  type Context,
  context,
  type Link,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from '@opentelemetry/api';

/** The instrumentation scope. */
const SCOPE = 'livekit-token-service';

export interface TracingOptions {
  /** Whether attributes may hold names of rooms and identities: OTEL_INCLUDE_NAMES. */
  readonly includeNames: boolean;
  /** Exports what is left, and releases the SDK. */
  readonly shutdown: () => Promise<void>;
}

interface Tracing extends TracingOptions {
  readonly tracer: Tracer;
}

export interface SpanSettings {
  readonly kind?: SpanKind;
  readonly attributes?: Attributes;
  readonly links?: Link[];
}

let tracing: Tracing | undefined;

/** To be called once an SDK is registered with OpenTelemetry's API. */
export function traceWith(options: TracingOptions): void {
  tracing = { ...options, tracer: trace.getTracer(SCOPE) };
}

/** The tracer for spans that begin a trace; undefined unless traces are exported. */
export const activeTracer = (): Tracer | undefined => tracing?.tracer;

/** Exports what is left. No span is made after that. */
export async function stopTracing(): Promise<void> {
  const stopped = tracing;
  tracing = undefined;
  await stopped?.shutdown();
}

/** The ids of the trace that the current code belongs to, sampled or not. */
export function currentTrace(): SpanContext | undefined {
  return tracing === undefined ? undefined : trace.getActiveSpan()?.spanContext();
}

/** The active span, if it is exported. */
export function recordingSpan(): Span | undefined {
  if (tracing === undefined) return undefined;
  const span = trace.getActiveSpan();
  return span?.isRecording() ? span : undefined;
}

/**
 * Calls `work` within a span that is a child of the active one, and returns its result. Only calls `work` if there is no active span or
 * it is not exported. The span ends when the result settles.
 */
export function inSpan<T>(name: string, settings: SpanSettings | (() => SpanSettings), work: (span?: Span) => T): T {
  if (tracing === undefined || recordingSpan() === undefined) return work();
  return spanned(name, typeof settings === 'function' ? settings() : settings, context.active(), tracing, work);
}

/**
 * Calls `work` within a span that continues the trace of `parent` and links to the active span, which is of another trace. Only calls
 * `work` if traces are not exported.
 */
export function inSpanBelow<T>(parent: SpanContext, name: string, settings: SpanSettings, work: () => T): T {
  if (tracing === undefined) return work();
  const current = recordingSpan()?.spanContext();
  const linked = current === undefined ? settings : { ...settings, links: [{ context: current }] };
  return spanned(name, linked, trace.setSpanContext(context.active(), parent), tracing, work);
}

function spanned<T>(
  name: string,
  options: SpanSettings,
  parent: Context,
  { tracer }: Tracing,
  work: (span: Span) => T,
): T {
  return tracer.startActiveSpan(name, options, parent, (span) => {
    let result: T;
    try {
      result = work(span);
    } catch (error) {
      endWithError(span, error, options.kind);
      throw error;
    }
    if (result instanceof Promise) {
      result.then(
        () => span.end(),
        (error: unknown) => endWithError(span, error, options.kind),
      );
    } else span.end();
    return result;
  });
}

/** Adds the names to the active span if OTEL_INCLUDE_NAMES is true. */
export function nameInTrace(room: string, identity: string): void {
  if (tracing?.includeNames) recordingSpan()?.setAttributes({ 'livekit.room': room, 'livekit.identity': identity });
}

/** No message and no stack: they may quote what a client or a server sent. */
function endWithError(span: Span, error: unknown, kind: SpanKind | undefined): void {
  const { type, isRefusal } = typeOf(error);
  span.setAttribute('error.type', type);
  // For this service, a refusal is an outcome and not a failure.
  if (!isRefusal || kind === SpanKind.CLIENT) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

/** A stable code if the error has one, such as `ROOM_NOT_ALLOWED` or `ECONNREFUSED`, or the name of its class. */
function typeOf(error: unknown): { readonly type: string; readonly isRefusal: boolean } {
  if (!(error instanceof Error)) return { type: 'unknown', isRefusal: false };
  const { errorCode, code, cause, getStatus } = error as Partial<ErrorWithCode>;
  const causeCode = cause instanceof Error ? (cause as Partial<ErrorWithCode>).code : undefined;
  const type = [errorCode, code, causeCode].find((text) => typeof text === 'string' && /^[A-Z][A-Z0-9_]*$/.test(text));
  const status: unknown = getStatus?.call(error);
  return {
    type: type === undefined ? error.name : String(type),
    isRefusal: typeof status === 'number' && status < 500,
  };
}

/** What Nest's HTTP exceptions and Node's errors have. */
interface ErrorWithCode {
  readonly errorCode: unknown;
  readonly code: unknown;
  readonly cause: unknown;
  readonly getStatus: () => unknown;
}

export { SpanKind, SpanStatusCode, type Span, type SpanContext };
