import { report, shared } from '../../jest.config.mjs';

/** `npm run test:redis`: the service as processes of its own and a real Redis, one suite at a time. */
export default {
  ...shared,
  rootDir: '../..',
  roots: ['<rootDir>/test/redis'],
  testMatch: ['<rootDir>/test/redis/**/*.spec.ts'],
  globalSetup: '<rootDir>/test/support/build.setup.mjs',
  maxWorkers: 1,
  reporters: [report],
  // Jest then starts a worker: a test that captures what its process writes does not capture Jest's report.
  workerIdleMemoryLimit: '1GB',
  testTimeout: 180_000,
};
