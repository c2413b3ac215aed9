import { report, shared } from '../../jest.config.mjs';

/** `npm run test:access`: two built instances, a real Keycloak, LiveKit and Redis, and real participants; one suite at a time. */
export default {
  ...shared,
  rootDir: '../..',
  roots: ['<rootDir>/test/access'],
  testMatch: ['<rootDir>/test/access/**/*.spec.ts'],
  globalSetup: '<rootDir>/test/access/support/global-setup.mjs',
  reporters: [report, '<rootDir>/test/livekit/support/program-log.reporter.mjs'],
  maxWorkers: 1,
  // Jest then starts a worker: a test that captures what its process writes does not capture Jest's report.
  workerIdleMemoryLimit: '1GB',
  testTimeout: 240_000,
};
