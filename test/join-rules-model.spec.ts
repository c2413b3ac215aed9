/** A sample of what `npm run test:rules` compares. */
import { describeAgreement } from './support/rules/agreement.suite.js';

describeAgreement({ cedar: 1_000, naive: 2_000 });
