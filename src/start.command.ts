import { extensionsOf } from './extensions.file.js';
import { start } from './start.js';

/** Starts the service with the `extensions` of a file, or those of this repository. */
export async function startCommand(file?: string): Promise<void> {
  // Nest and all that uses it is loaded after OpenTelemetry's SDK, so that instrumentations of a team find it unloaded.
  await start(async () => {
    const extensions = await extensionsOf(file);
    const { listen } = await import('./service.js');
    await listen(extensions);
  });
}
