import type { Finding } from './finding.js';

/** One check of `npm run doctor`. It must not change anything. */
export abstract class OwnCheck {
  /** One word, shown in front of each finding. */
  abstract readonly name: string;

  /** Returns every finding. Throws only unexpected errors. Ends within a few seconds. */
  abstract run(): Promise<readonly Finding[]> | readonly Finding[];
}
