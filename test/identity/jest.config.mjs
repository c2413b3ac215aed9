import { report, shared } from '../../jest.config.mjs';

/** `npm run test:identity`: the service with real identity providers, one suite at a time. */
export default {
  ...shared,
  rootDir: '../..',
  roots: ['<rootDir>/test/identity'],
  testMatch: ['<rootDir>/test/identity/**/*.spec.ts'],
  globalSetup: '<rootDir>/test/identity/support/global-setup.mjs',
  maxWorkers: 1,
  reporters: [report],
  // Jest then starts a worker: a test that captures what its process writes does not capture Jest's report.
  workerIdleMemoryLimit: '1GB',
  testTimeout: 180_000,
};
