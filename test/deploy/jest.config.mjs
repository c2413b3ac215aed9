import { report, shared } from '../../jest.config.mjs';

/** `npm run test:deploy`: what the service is shipped as; needs the npm registry, and no container engine. */
export default {
  ...shared,
  rootDir: '../..',
  roots: ['<rootDir>/test/deploy'],
  testMatch: ['<rootDir>/test/deploy/**/*.spec.ts'],
  maxWorkers: 1,
  reporters: [report],
  // Jest then starts a worker: a test that captures what its process writes does not capture Jest's report.
  workerIdleMemoryLimit: '1GB',
  testTimeout: 180_000,
};
