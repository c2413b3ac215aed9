import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

import { VARIABLES } from '../config/variables.js';

/** Variables of the environment: those of docs/configuration.md and those of a team's modules. */
export type Settings = Readonly<Record<string, string>>;

const KNOWN = ['NODE_ENV', ...Object.keys(VARIABLES).flatMap((name) => [name, `${name}_FILE`])];

/** What the variables were that the settings of a test have replaced. */
const replaced = new Map<string, string | undefined>();

/**
 * Gives the process the environment that a test states, and nothing that the shell says of the service or that `.env` says of anything.
 * What the last call has set is gone.
 */
export function setEnvironment(settings: Settings): void {
  restoreEnvironment();
  for (const name of new Set([...KNOWN, ...namesInEnvFile(), ...Object.keys(settings)])) {
    replaced.set(name, process.env[name]);
    delete process.env[name];
  }
  Object.assign(process.env, settings);
}

export function restoreEnvironment(): void {
  for (const [name, value] of replaced) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  replaced.clear();
}

/** The service reads the file on import. */
function namesInEnvFile(): string[] {
  try {
    return Object.keys(parseEnv(readFileSync('.env', 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
