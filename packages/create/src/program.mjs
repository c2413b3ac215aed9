import { existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

import { DEFAULTS } from './choices.mjs';
import { readCommandLine, USAGE } from './command-line.mjs';
import { ask } from './questions.mjs';
import { writeRepository } from './repository.mjs';
import { UsageError } from './usage.error.mjs';

/** Runs the program and returns its exit code. `streams` are those of the process. */
export async function run(args, streams) {
  try {
    return await create(args, streams);
  } catch (error) {
    if (error instanceof UsageError) {
      streams.stderr.write(`${error.message}\nSee --help.\n`);
      return 2;
    }
    streams.stderr.write(error.name === 'AbortError' ? '\nNothing was written.\n' : `${error.message}\n`);
    return 1;
  }
}

async function create(args, streams) {
  const given = readCommandLine(args);
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'));
  if (given.help || given.version) {
    streams.stdout.write(given.help ? USAGE : `${version}\n`);
    return 0;
  }
  const interactive = !given.yes && streams.stdin.isTTY === true && streams.stdout.isTTY === true;
  const chosen = interactive ? await ask(given, streams) : { ...DEFAULTS, ...defined(given) };
  const livekitTokenService = given.package === undefined ? `^${version}` : dependencyOf(given.package);
  const files = writeRepository({ ...chosen, livekitTokenService });

  const folder = relative(process.cwd(), resolve(chosen.directory));
  const steps = [...(folder === '' ? [] : [`cd ${folder}`]), 'npm install', 'npm test', 'npm start'];
  streams.stdout.write(`Wrote ${files.length} files to ${resolve(chosen.directory)}. Next:\n\n`);
  streams.stdout.write(steps.map((step) => `  ${step}\n`).join(''));
  return 0;
}

function defined(options) {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** npm reads a path as relative to the repository that is written. */
function dependencyOf(spec) {
  return existsSync(spec) ? `file:${resolve(spec)}` : spec;
}
