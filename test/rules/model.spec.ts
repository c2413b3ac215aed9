import { describeAgreement } from '../support/rules/agreement.suite.js';

describeAgreement({ cedar: 100_000, naive: 100_000 });
