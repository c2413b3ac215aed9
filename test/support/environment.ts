/** Gives the process exactly the environment that a test states, whatever the developer's own shell or .env file holds. */
import { VARIABLES } from '../../src/config/variables.js';

export type Settings = Readonly<Record<string, string>>;

const KNOWN = ['NODE_ENV', ...Object.keys(VARIABLES).flatMap((name) => [name, `${name}_FILE`])];

export function setEnvironment(settings: Settings): void {
  for (const name of KNOWN) delete process.env[name];
  Object.assign(process.env, settings);
}
