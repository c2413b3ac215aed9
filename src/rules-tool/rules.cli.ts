import { parseArgs, types } from 'node:util';

import type { Command, CommandResult } from './command.js';
import { findingJson, findingLine } from './finding.js';
import { InvalidFileError } from './invalid-file.error.js';
import { UsageError } from './usage.error.js';

/** Loaded on use: `check`, which editors and hooks run often, needs no part of NestJS. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  check: async () => (await import('./check.command.js')).checkCommand,
  explain: async () => (await import('./explain.command.js')).explainCommand,
  who: async () => (await import('./who.command.js')).whoCommand,
  test: async () => (await import('./test.command.js')).testCommand,
  diff: async () => (await import('./diff.command.js')).diffCommand,
};

export interface Output {
  write(text: string): unknown;
}

/**
 * Runs one command of the tool. Returns the exit code: 0, or 1 if a file has errors, a test fails, files differ or the command line is
 * wrong.
 */
export async function runRulesTool(
  args: readonly string[],
  now: number,
  stdout: Output,
  stderr: Output,
): Promise<number> {
  const [name = '', ...others] = args;
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load === undefined) {
    const isHelp = ['help', '--help', '-h'].includes(name);
    const unknown = isHelp || name === '' ? '' : `${JSON.stringify(name)} is not a command.\n\n`;
    (isHelp ? stdout : stderr).write(`${unknown}${await overview()}`);
    return isHelp ? 0 : 1;
  }
  const command = await load();
  const isJson = others.includes('--json');
  try {
    const result = run(command, others, now);
    stdout.write(result === undefined ? helpOf(name, command) : isJson ? jsonOf(result.json) : result.text);
    return result === undefined || result.ok ? 0 : 1;
  } catch (error) {
    if (error instanceof InvalidFileError) {
      const { file, errors } = error;
      if (isJson) stdout.write(jsonOf({ file, errors: errors.map(findingJson) }));
      else stderr.write(errors.map((found) => findingLine(file, 'error', found)).join(''));
      return 1;
    }
    if (!(error instanceof UsageError)) throw error;
    stderr.write(`${error.message}\nSee: rules ${name} --help\n`);
    return 1;
  }
}

/** Undefined: the help is asked for. */
function run(command: Command, args: readonly string[], now: number): CommandResult | undefined {
  const { values, positionals } = parsed(command, args);
  if (values.help === true) return undefined;
  if (positionals.length !== command.files.length) {
    throw new UsageError(`The command takes ${command.files.join(' and ')}.`);
  }
  return command.run({ files: positionals, values, now });
}

function parsed(command: Command, args: readonly string[]) {
  try {
    const options = { ...command.options, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    // An option that is not known, or that lacks its value.
    if (types.isNativeError(error) && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) {
      throw new UsageError(error.message);
    }
    throw error;
  }
}

const jsonOf = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

async function overview(): Promise<string> {
  const lines: string[] = [];
  for (const [name, load] of Object.entries(COMMANDS)) {
    const { files, summary } = await load();
    lines.push(`  ${`${name} ${files.join(' ')}`.padEnd(20)}${summary}\n`);
  }
  return `Usage: rules COMMAND FILE [options]

${lines.join('')}
Every command takes --json and --help. The exit code is 0, or 1 if a file has errors, a test fails, files differ or the
command line is wrong.
`;
}

function helpOf(name: string, { files, summary, help }: Command): string {
  const lines = [...help, ['--json', 'print JSON'] as const];
  const options = lines.map(([option, meaning]) => `  ${option.padEnd(22)}${meaning}\n`).join('');
  return `Usage: rules ${name} ${files.join(' ')} [options]\n\n${summary}\n\n${options}`;
}
