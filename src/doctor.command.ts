import { parseArgs } from 'node:util';

import { AppModule } from './app.module.js';
import { DoctorReport } from './doctor/doctor.report.js';
import { runDoctor, type Subject } from './doctor/run-doctor.js';
import { examineTeam } from './doctor/team-checks.js';
import { extensionsOf } from './extensions.file.js';
import { UsageError } from './rules-tool/usage.error.js';
import type { Extensions } from './service.options.js';

const USAGE = 'Usage: doctor [--json] [--extensions FILE] [--token FILE | --room ROOM --identity IDENTITY]\n';

interface Options {
  readonly json: boolean;
  readonly help: boolean;
  readonly extensions: string | undefined;
  readonly subject?: Subject;
}

/** Reports what prevents calls. Returns the exit code: 1 if it finds an error, and 2 for invalid arguments. */
export async function doctorCommand(args: readonly string[]): Promise<number> {
  const options = optionsOf(args);
  if (options === undefined || options.help) {
    (options === undefined ? process.stderr : process.stdout).write(USAGE);
    return options === undefined ? 2 : 0;
  }
  try {
    return await examine(options, await extensionsOf(options.extensions));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
}

async function examine({ json, subject }: Options, extensions: Extensions): Promise<number> {
  const report = new DoctorReport(process.stdout, json);
  const isExamined = await runDoctor(report, subject);
  if (isExamined && subject === undefined && extensions.modules.length > 0) {
    for await (const finding of examineTeam(AppModule.register(extensions))) report.add(finding);
  }
  report.end();
  return report.faults > 0 ? 1 : 0;
}

function optionsOf(args: readonly string[]): Options | undefined {
  const values = parsed(args);
  if (values === undefined) return undefined;
  const { json = false, help = false, extensions, token, room, identity } = values;
  const isHalf = (room === undefined) !== (identity === undefined);
  if (isHalf || (token !== undefined && room !== undefined)) return undefined;
  const common = { json, help, extensions };
  if (token !== undefined) return { ...common, subject: { tokenFile: token } };
  return room === undefined || identity === undefined
    ? common
    : { ...common, subject: { participant: { room, identity } } };
}

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const options = {
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
    extensions: text,
    token: text,
    room: text,
    identity: text,
  } as const;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch {
    return undefined;
  }
}
