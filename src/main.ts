/** Starts the service, or writes to stderr why it does not start. */
import { EnvironmentError } from './config/environment.error.js';
import { readEnvironment } from './config/environment.js';
import { processEnvironment } from './config/process-environment.js';
import { standardOutput } from './logging/line-buffer.js';

/** Nest and all that uses it is loaded after OpenTelemetry's SDK, so that instrumentations of a team find it unloaded. */
async function start(): Promise<void> {
  const { TRACING: protocol, OTEL_INCLUDE_NAMES: includeNames } = readEnvironment(processEnvironment());
  if (protocol !== undefined) {
    const { startSdk } = await import('./telemetry/tracing.sdk.js');
    await startSdk({ protocol, includeNames });
  }
  const { startService } = await import('./service.js');
  await startService();
}

type StartFailure = NodeJS.ErrnoException & { readonly port?: number };

/** Reports misconfiguration without a stack trace. */
function reasonOf(error: StartFailure): string | undefined {
  if (error instanceof EnvironmentError) return error.message;
  if (error.code === 'EADDRINUSE') {
    return `Port ${error.port} is taken (EADDRINUSE), maybe by the service itself: stop what runs there, or set SERVER_PORT.`;
  }
  return error.stack;
}

try {
  await start();
} catch (error) {
  // Connections and timers that were opened before the failure would keep the process alive.
  standardOutput.flush();
  process.stderr.write(`The service did not start. ${reasonOf(error as StartFailure)}\n`, () => process.exit(1));
}
