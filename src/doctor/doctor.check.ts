/** The port to everything that is looked at: each in a file called `thing.check.ts`, none of which changes anything. */
import type { Finding } from './finding.js';

export abstract class DoctorCheck {
  /** One word that an operator would use. */
  abstract readonly name: string;

  /** Says all that it found, and throws nothing that it can put into words. Ends within some seconds. */
  abstract run(): Promise<readonly Finding[]> | readonly Finding[];
}
