import { report, shared } from '../../jest.config.mjs';

/** `npm run test:package`: what npm would publish, used as teams use it; needs the npm registry. */
export default {
  ...shared,
  rootDir: '../..',
  roots: ['<rootDir>/test/package'],
  testMatch: ['<rootDir>/test/package/**/*.spec.ts'],
  globalSetup: '<rootDir>/test/package/support/pack.setup.mjs',
  maxWorkers: 1,
  reporters: [report],
  // Jest then starts a worker: a test that captures what its process writes does not capture Jest's report.
  workerIdleMemoryLimit: '1GB',
  testTimeout: 300_000,
};
