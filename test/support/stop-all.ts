/** For every spec: what a failed test has left would keep the process alive. */
import { afterAll } from '@jest/globals';

import { stopAll } from '../../src/testing/running.js';

afterAll(stopAll);
