import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

import { EnvironmentError } from '../config/environment.error.js';

import { DoctorModule } from './doctor.module.js';
import type { DoctorReport } from './doctor.report.js';
import { Doctor } from './doctor.service.js';
import { fault, ok, skipped } from './finding.js';
import type { AskedParticipant } from './journey.check.js';
import { JourneyDoctorModule } from './journey-doctor.module.js';
import { TokenDoctorModule } from './token-doctor.module.js';

const MEANING = 'See docs/configuration.md; the service does not start with this.';

/** What the doctor is asked about, in place of the installation. */
export type Subject = { readonly tokenFile: string } | { readonly participant: AskedParticipant };

/**
 * Adds the findings of all checks to the report, or of those about a subject. Resolves to false if the environment is invalid, so that
 * nothing could be checked.
 */
export async function runDoctor(report: DoctorReport, subject?: Subject): Promise<boolean> {
  const checks = subject === undefined ? DoctorModule : checksOf(subject);
  try {
    const app = await NestFactory.createApplicationContext(checks, { logger: false, abortOnError: false });
    report.add({ check: 'variables', ...ok('All variables are valid.') });
    for await (const finding of app.get(Doctor).examine()) report.add(finding);
    await app.close();
    return true;
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    for (const { variable, message } of error.invalid) {
      report.add({ check: 'variables', ...fault(`${variable} ${message}.`, MEANING) });
    }
    report.add({ check: 'others', ...skipped('Nothing else is checked until the variables are valid.') });
    return false;
  }
}

const checksOf = (subject: Subject): DynamicModule =>
  'tokenFile' in subject ? TokenDoctorModule.of(subject.tokenFile) : JourneyDoctorModule.of(subject.participant);
