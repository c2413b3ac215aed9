/** Starts the service with the modules of extensions.ts, or writes to stderr why it does not start. */
import { start } from './start.js';

// Nest and all that uses it is loaded after OpenTelemetry's SDK, so that instrumentations of a team find it unloaded.
await start(async () => {
  const { extensions } = await import('./extensions.js');
  const { listen } = await import('./service.js');
  await listen(extensions);
});
