/** Runs the doctor in this process, with the settings of a test, and returns its findings. */
import { expect } from '@jest/globals';

import { DoctorReport } from '../../src/doctor/doctor.report.js';
import { runDoctor, type Subject } from '../../src/doctor/run-doctor.js';

import { setEnvironment } from '../../src/testing/environment.js';

export const OWN_KEY = {
  LIVEKIT_API_KEY: 'APIofAnOperator',
  LIVEKIT_API_SECRET: 'hunter2-and-more-than-thirty-two-characters',
};

/** What no output may hold: the secrets that tests give, a whole key, and any token. */
const PRIVATE = /hunter|APIofAn|eyJ/;

interface Finding {
  readonly check: string;
  readonly level: 'ok' | 'warning' | 'fault' | 'skipped';
  readonly found: string;
  readonly advice?: string;
}

/** Everything that was found, or with a name what one check found, as `level: sentence`. */
export async function examine(
  settings: Readonly<Record<string, string>>,
  check?: string,
  subject?: Subject,
): Promise<string[]> {
  setEnvironment(settings);
  let stdout = '';
  const written = new DoctorReport(
    { isTTY: false, hasColors: () => false, write: (text: string) => Boolean((stdout += text)) },
    true,
  );
  await runDoctor(written, subject);
  written.end();
  const report = JSON.parse(stdout) as { ok: boolean; faults: number; findings: Finding[] };
  const faulty = report.findings.filter(({ level }) => level === 'fault');
  expect([report.ok, report.faults, written.faults]).toEqual([faulty.length === 0, faulty.length, faulty.length]);
  expect(stdout).not.toMatch(PRIVATE);
  for (const { advice } of faulty) expect(advice).toMatch(/\w.*\.$/);
  return report.findings
    .filter((one) => check === undefined || one.check === check)
    .map((one) => `${one.level}: ${one.found}`);
}
