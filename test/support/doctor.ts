/** Runs the doctor as operators do, on settings that a test states, and reads what it found. */
import { expect } from '@jest/globals';

import { runBuilt } from './built-service.js';

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
export async function examine(settings: Readonly<Record<string, string>>, check?: string): Promise<string[]> {
  const { code, stdout, stderr } = await runBuilt('doctor.js', ['--json'], settings);
  const report = JSON.parse(stdout) as { ok: boolean; faults: number; findings: Finding[] };
  const faulty = report.findings.filter(({ level }) => level === 'fault');
  expect([code, report.ok, report.faults]).toEqual(faulty.length > 0 ? [1, false, faulty.length] : [0, true, 0]);
  expect(stdout + stderr).not.toMatch(PRIVATE);
  for (const { advice } of faulty) expect(advice).toMatch(/\w.*\.$/);
  return report.findings
    .filter((one) => check === undefined || one.check === check)
    .map((one) => `${one.level}: ${one.found}`);
}
