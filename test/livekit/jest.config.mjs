import { report, shared } from '../../jest.config.mjs';

/** `npm run test:livekit`: the built service and a real LiveKit server, one suite at a time. */
export default {
  ...shared,
  rootDir: '../..',
  roots: ['<rootDir>/test/livekit'],
  testMatch: ['<rootDir>/test/livekit/**/*.spec.ts'],
  globalSetup: '<rootDir>/test/livekit/support/global-setup.mjs',
  reporters: [report, '<rootDir>/test/livekit/support/program-log.reporter.mjs'],
  maxWorkers: 1,
  // Jest then starts a worker: a test that captures what its process writes does not capture Jest's report.
  workerIdleMemoryLimit: '1GB',
  testTimeout: 180_000,
};
