import { describeMutants } from '../support/rules/mutants.suite.js';

describeMutants({ mutants: 200, requests: 1_000 });
