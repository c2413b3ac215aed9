#!/usr/bin/env node
/** `npx livekit-token-service`: the programs of the package. Each is loaded when it is used. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const USAGE = `Usage: livekit-token-service [COMMAND] [options]

  start [--extensions FILE]    start the service; without a command, too
  doctor [options]             report what prevents calls
  rules COMMAND FILE [options] check, explain, test and compare join rules

  --extensions FILE            a JavaScript module that exports \`extensions\`: the modules of a team
  --version, -v                print the version
  --help, -h                   print this help; also after a command

Variables come from the environment and from \`.env\` in the working directory. The exit code of an invalid command line is 2.
`;

const isFlag = (word: string | undefined): boolean => word === undefined || word.startsWith('-');

function startOptions(args: readonly string[]) {
  const flag = { type: 'boolean' } as const;
  const options = {
    extensions: { type: 'string' },
    help: { ...flag, short: 'h' },
    version: { ...flag, short: 'v' },
  } as const;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch {
    return undefined;
  }
}

async function startFrom(args: readonly string[]): Promise<number> {
  const values = startOptions(args);
  if (values === undefined) return invalid(`start does not take ${args.join(' ')}.`);
  if (values.help) return print(USAGE);
  if (values.version) return print(`${versionOf()}\n`);
  const { startCommand } = await import('./start.command.js');
  await startCommand(values.extensions);
  return 0;
}

function versionOf(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

function invalid(message: string): number {
  process.stderr.write(`${message}\n\n${USAGE}`);
  return 2;
}

async function run(args: readonly string[]): Promise<number> {
  const [command, ...others] = args;
  if (isFlag(command)) return startFrom(args);
  switch (command) {
    case 'start':
      return startFrom(others);
    case 'doctor':
      return (await import('./doctor.command.js')).doctorCommand(others);
    case 'rules': {
      const { runRulesTool } = await import('./rules-tool/rules.cli.js');
      return runRulesTool(others, Date.now(), process.stdout, process.stderr);
    }
    default:
      return invalid(`${JSON.stringify(command)} is not a command.`);
  }
}

process.exitCode = await run(process.argv.slice(2));
