/** `npm run doctor`: reports what keeps calls from working. Exits with 1 if there is a fault, and with 2 for wrong arguments. */
import { parseArgs } from 'node:util';

import { NestFactory } from '@nestjs/core';

import { EnvironmentError } from './config/environment.error.js';
import { DoctorModule } from './doctor/doctor.module.js';
import { DoctorReport } from './doctor/doctor.report.js';
import { Doctor } from './doctor/doctor.service.js';
import { fault, ok, skipped } from './doctor/finding.js';
import { TokenDoctorModule } from './doctor/token-doctor.module.js';

async function examine(report: DoctorReport, tokenFile: string | undefined): Promise<void> {
  const checks = tokenFile === undefined ? DoctorModule : TokenDoctorModule.of(tokenFile);
  try {
    const app = await NestFactory.createApplicationContext(checks, { logger: false, abortOnError: false });
    report.add({ check: 'variables', ...ok('Every variable is right by itself, and none contradicts another.') });
    for await (const finding of app.get(Doctor).examine()) report.add(finding);
    await app.close();
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    for (const { variable, message } of error.invalid) {
      report.add({ check: 'variables', ...fault(`${variable} ${message}.`, MEANING) });
    }
    report.add({ check: 'others', ...skipped('Nothing else is looked at until the variables are right.') });
  }
}

const MEANING = 'See docs/configuration.md; the service does not start with this.';

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
  await examine(report, given.token);
  report.end();
  process.exitCode = report.faults > 0 ? 1 : 0;
}
