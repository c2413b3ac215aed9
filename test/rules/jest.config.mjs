import { report, shared } from '../../jest.config.mjs';

/** `npm run test:rules`: join rules against independent models, at length. */
export default {
  ...shared,
  reporters: [report],
  // Jest then starts a worker: a test that captures what its process writes does not capture Jest's report.
  workerIdleMemoryLimit: '1GB',
  testTimeout: 600_000,
  rootDir: '../..',
  roots: ['<rootDir>/test/rules'],
  testMatch: ['<rootDir>/test/rules/**/*.spec.ts'],
};
