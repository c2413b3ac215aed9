/** `npm run doctor`: reports what prevents calls. Exits with 1 if it finds an error, and with 2 for invalid arguments. */
import { parseArgs } from 'node:util';

import { AppModule } from './app.module.js';
import { DoctorReport } from './doctor/doctor.report.js';
import { runDoctor } from './doctor/run-doctor.js';
import { examineTeam } from './doctor/team-checks.js';
import { extensions } from './extensions.js';

function options(): { readonly json?: boolean; readonly token?: string } | undefined {
  try {
    return parseArgs({ options: { json: { type: 'boolean' }, token: { type: 'string' } } }).values;
  } catch {
    return undefined;
  }
}

const given = options();
if (given === undefined) {
  process.stderr.write('Usage: npm run doctor [-- [--json] [--token FILE]]\n');
  process.exitCode = 2;
} else {
  const report = new DoctorReport(process.stdout, given.json === true);
  const isExamined = await runDoctor(report, given.token);
  if (isExamined && given.token === undefined && extensions.modules.length > 0) {
    for await (const finding of examineTeam(AppModule.with(extensions))) report.add(finding);
  }
  report.end();
  process.exitCode = report.faults > 0 ? 1 : 0;
}
