/** Runs the checks of `npm run doctor` in their order. */
import { Inject, Injectable } from '@nestjs/common';

import type { OwnCheck } from './doctor.check.js';
import { fault, type Finding } from './finding.js';

/** The injection token of the checks, in their order. */
export const CHECKS = Symbol('the checks of the doctor');

/** A finding, and the name of the check that made it. */
export type CheckedFinding = Finding & { readonly check: string };

@Injectable()
export class Doctor {
  constructor(@Inject(CHECKS) private readonly checks: readonly OwnCheck[]) {}

  /** Yields each finding as soon as its check has ended. */
  async *examine(): AsyncGenerator<CheckedFinding> {
    for (const check of this.checks) {
      for (const finding of await findingsOf(check)) yield { check: check.name, ...finding };
    }
  }
}

/** A check that throws must not end the others. */
export async function findingsOf(
  check: Pick<OwnCheck, 'run'>,
  advice = 'Please report this.',
): Promise<readonly Finding[]> {
  try {
    return await check.run();
  } catch (error) {
    // By name only: an unexpected message could contain a secret.
    const name = error instanceof Error ? error.name : typeof error;
    return [fault(`This could not be checked: the check itself failed (${name}).`, advice)];
  }
}
