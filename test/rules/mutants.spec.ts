import { describeMutants } from '../support/rules/mutants.suite.js';

describeMutants({ mutants: 400, requests: 2_000 });
