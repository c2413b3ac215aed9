import type { EnvironmentSource } from './variable.js';

// On import, once. Variables that are set already stay as they are.
try {
  process.loadEnvFile();
} catch (error) {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}

/** The environment of the process, with what `.env` in the working directory adds. Only src/testing/environment.ts reads process.env too. */
export const processEnvironment = (): EnvironmentSource => process.env;
