import { parseArgs } from 'node:util';

import { checkChoice } from './choices.mjs';
import { UsageError } from './usage.error.mjs';

export const USAGE = `Usage: npm create livekit-service [directory] -- [options]

Writes a repository of a LiveKit backend with NestJS, on livekit-token-service. On a terminal it asks for what is not given.

  [directory]        where to write; it must be empty or not exist (default: my-service)
  --name NAME        name of the package (default: that of the directory)
  --auth MODE        none: anyone requests tokens (default)
                     oidc: callers with an access token of your identity provider
  --module KIND      the first module: policy (default), listener or route
  --package SPEC     version, path or URL of livekit-token-service (default: the version of this package)
  --yes              take the defaults, do not ask
  --help             show this text
  --version          show the version
`;

const OPTIONS = {
  name: { type: 'string' },
  auth: { type: 'string' },
  module: { type: 'string' },
  package: { type: 'string' },
  yes: { type: 'boolean', short: 'y' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
};

/** What the command line says. What it does not say is undefined. */
export function readCommandLine(args) {
  const { values, positionals } = parsed(args);
  if (positionals.length > 1) throw new UsageError(`Only one directory can be given, not: ${positionals.join(' ')}.`);
  for (const option of ['auth', 'module']) if (values[option] !== undefined) checkChoice(option, values[option]);
  for (const option of ['name', 'package']) if (values[option] === '') throw new UsageError(`--${option} is empty.`);
  if (positionals[0] === '') throw new UsageError('The directory is empty.');
  return { ...values, directory: positionals[0] };
}

function parsed(args) {
  try {
    return parseArgs({ args, options: OPTIONS, allowPositionals: true, strict: true });
  } catch (error) {
    if (!String(error.code).startsWith('ERR_PARSE_ARGS_')) throw error;
    throw new UsageError(error.message, { cause: error });
  }
}
