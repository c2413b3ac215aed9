/** Runs the checks one after the other, from what is near to what is far. */
import { Inject, Injectable } from '@nestjs/common';

import type { DoctorCheck } from './doctor.check.js';
import { fault, type Finding } from './finding.js';

/** The injection token of the checks, in their order. */
export const CHECKS = Symbol('the checks of the doctor');

/** A finding, and the name of the check that made it. */
export type CheckedFinding = Finding & { readonly check: string };

@Injectable()
export class Doctor {
  constructor(@Inject(CHECKS) private readonly checks: readonly DoctorCheck[]) {}

  /** Each finding as soon as it is made: what takes long is then seen to. */
  async *examine(): AsyncGenerator<CheckedFinding> {
    for (const check of this.checks) {
      for (const finding of await findingsOf(check)) yield { check: check.name, ...finding };
    }
  }
}

/** One check that fails by a mistake of ours must not keep the others from being made. */
async function findingsOf(check: DoctorCheck): Promise<readonly Finding[]> {
  try {
    return await check.run();
  } catch (error) {
    // By its name alone: nobody knows what a message that nobody expected holds.
    const name = error instanceof Error ? error.name : typeof error;
    return [fault(`This could not be checked: the doctor itself failed (${name}).`, 'Please report this.')];
  }
}
