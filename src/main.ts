/** Starts the service with the modules of extensions.ts, or writes to stderr why it does not start. */
import { startCommand } from './start.command.js';

await startCommand();
