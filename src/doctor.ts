/** `npm run doctor`: reports what prevents calls. Exits with 1 if it finds an error, and with 2 for invalid arguments. */
import { parseArgs } from 'node:util';

import { AppModule } from './app.module.js';
import { DoctorReport } from './doctor/doctor.report.js';
import { runDoctor, type Subject } from './doctor/run-doctor.js';
import { examineTeam } from './doctor/team-checks.js';
import { extensions } from './extensions.js';

const USAGE = 'Usage: npm run doctor [-- [--json] [--token FILE | --room ROOM --identity IDENTITY]]\n';

interface Options {
  readonly json: boolean;
  readonly subject?: Subject;
}

function options(): Options | undefined {
  const values = parsed();
  if (values === undefined) return undefined;
  const { json = false, token, room, identity } = values;
  const isHalf = (room === undefined) !== (identity === undefined);
  if (isHalf || (token !== undefined && room !== undefined)) return undefined;
  if (token !== undefined) return { json, subject: { tokenFile: token } };
  return room === undefined || identity === undefined
    ? { json }
    : { json, subject: { participant: { room, identity } } };
}

function parsed() {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({ options: { json: { type: 'boolean' }, token: text, room: text, identity: text } }).values;
  } catch {
    return undefined;
  }
}

const given = options();
if (given === undefined) {
  process.stderr.write(USAGE);
  process.exitCode = 2;
} else {
  const { json, subject } = given;
  const report = new DoctorReport(process.stdout, json);
  const isExamined = await runDoctor(report, subject);
  if (isExamined && subject === undefined && extensions.modules.length > 0) {
    for await (const finding of examineTeam(AppModule.register(extensions))) report.add(finding);
  }
  report.end();
  process.exitCode = report.faults > 0 ? 1 : 0;
}
