/** A sample of what `npm run test:rules` compares. */
import { describeMutants } from './support/rules/mutants.suite.js';

describeMutants({ mutants: 40, requests: 100, seed: 20 });
