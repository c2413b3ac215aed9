/** Says in plain words what is wrong between here and a call, and exits 1 if something is; changes and starts nothing. */
import { NestFactory } from '@nestjs/core';

import { EnvironmentError } from './config/environment.error.js';
import { DoctorModule } from './doctor/doctor.module.js';
import { DoctorReport } from './doctor/doctor.report.js';
import { Doctor } from './doctor/doctor.service.js';
import { fault, ok, skipped } from './doctor/finding.js';

const [argument, ...others] = process.argv.slice(2);

async function examine(report: DoctorReport): Promise<void> {
  try {
    const app = await NestFactory.createApplicationContext(DoctorModule, { logger: false, abortOnError: false });
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

if (others.length > 0 || (argument !== undefined && argument !== '--json')) {
  process.stderr.write('Usage: npm run doctor [-- --json]\n');
  process.exitCode = 2;
} else {
  const report = new DoctorReport(process.stdout, argument === '--json');
  await examine(report);
  report.end();
  process.exitCode = report.faults > 0 ? 1 : 0;
}
