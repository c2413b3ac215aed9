import { EnvironmentError } from './config/environment.error.js';
import { readEnvironment } from './config/environment.js';
import { processEnvironment } from './config/process-environment.js';
import { standardOutput } from './logging/line-buffer.js';
import { UsageError } from './rules-tool/usage.error.js';

/**
 * Starts OpenTelemetry's SDK if a collector is set, then calls `load`, which loads and starts the rest. If anything fails, writes the
 * reason to stderr and exits with 1.
 */
export async function start<Result>(load: () => Promise<Result>): Promise<Result> {
  try {
    await startTracing();
    return await load();
  } catch (error) {
    return exitBecause(error as StartFailure);
  }
}

async function startTracing(): Promise<void> {
  const { TRACING: protocol, OTEL_INCLUDE_NAMES: includeNames } = readEnvironment(processEnvironment());
  if (protocol === undefined) return;
  const { startSdk } = await import('./telemetry/tracing.sdk.js');
  await startSdk({ protocol, includeNames });
}

type StartFailure = NodeJS.ErrnoException & { readonly port?: number };

function exitBecause(error: StartFailure): Promise<never> {
  standardOutput.flush();
  // Connections and timers that were opened before the failure would keep the process alive.
  process.stderr.write(`The service did not start. ${reasonOf(error)}\n`, () => process.exit(1));
  return new Promise<never>(() => undefined);
}

/** Reports misconfiguration without a stack trace. */
function reasonOf(error: StartFailure): string | undefined {
  if (error instanceof EnvironmentError || error instanceof UsageError) return error.message;
  if (error.code === 'EADDRINUSE') {
    return `Port ${error.port} is taken (EADDRINUSE), maybe by the service itself: stop what runs there, or set SERVER_PORT.`;
  }
  return error.stack;
}
