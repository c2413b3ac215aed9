/** Loads and registers OpenTelemetry's SDK, which reads the standard variables by itself. Imported only if traces are exported. */
import { type TracingProtocol } from '../config/tracing.variables.js';
import { EnvironmentError } from '../config/environment.error.js';

import { traceWith } from './tracing.js';

/** OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES replace it. */
const SERVICE_NAME = 'livekit-token-service';

/** Shutting down waits no longer than this for a collector. */
const SHUTDOWN_WITHIN_MS = 3_000;

interface SdkOptions {
  readonly protocol: TracingProtocol;
  readonly includeNames: boolean;
}

/** Throws an {@link EnvironmentError} if the optional packages are not installed. */
export async function startSdk({ protocol, includeNames }: SdkOptions): Promise<void> {
  const [{ BatchSpanProcessor, NodeTracerProvider }, resources, { RequestContextManager }, { OTLPTraceExporter }] =
    await packages(protocol);
  const resource = resources
    .defaultResource()
    .merge(resources.resourceFromAttributes({ 'service.name': SERVICE_NAME }))
    .merge(resources.detectResources({ detectors: [resources.envDetector] }));
  const provider = new NodeTracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  provider.register({ contextManager: new RequestContextManager() });
  traceWith({ includeNames, shutdown: () => within(SHUTDOWN_WITHIN_MS, provider.shutdown()) });
}

async function packages(protocol: TracingProtocol) {
  try {
    return await Promise.all([
      import('@opentelemetry/sdk-trace-node'),
      import('@opentelemetry/resources'),
      import('./request-context.manager.js'),
      protocol === 'http/json'
        ? import('@opentelemetry/exporter-trace-otlp-http')
        : import('@opentelemetry/exporter-trace-otlp-proto'),
    ]);
  } catch (error) {
    if (!isMissing(error)) throw error;
    const message = 'needs packages that are not installed: run `npm ci` without --omit=optional';
    throw new EnvironmentError([{ variable: 'OTEL_EXPORTER_OTLP_ENDPOINT', message }]);
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';

/** Spans that cannot be exported in time are lost. */
async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work.catch(() => undefined), timeout]);
  clearTimeout(timer);
}
