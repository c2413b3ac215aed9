/** For test/failure-report.spec.ts; no suite of ours runs it. */
import { it } from '@jest/globals';

import { captureOutput } from '../output.js';

it('fails while its output is captured', () => {
  captureOutput();
  throw new Error('The reason of the failure.');
});
