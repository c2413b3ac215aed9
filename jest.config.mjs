import { availableParallelism } from 'node:os';
import { join } from 'node:path';

import { joinedPackages } from './test/support/packages.setup.mjs';

/** Builds in one file that packages ship: Jest loads every module anew for each spec file, and these are a third of all modules. */
const BUNDLES = {
  '^class-transformer$': 'class-transformer/bundles/class-transformer.umd.js',
  '^class-validator$': 'class-validator/bundles/class-validator.umd.min.js',
  '^rxjs(/operators)?$': 'rxjs/dist/bundles/rxjs.umd.min.js',
};

/** What every suite of this project shares: TypeScript by swc, native ES modules. */
export const shared = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  setupFilesAfterEnv: ['optimize-later', 'left-behind', 'stop-all'].map((name) =>
    join(import.meta.dirname, `test/support/${name}.ts`),
  ),
  moduleNameMapper: {
    // What `exports` of package.json is at run time.
    '^livekit-token-service$': join(import.meta.dirname, 'src/public/index.ts'),
    '^livekit-token-service/(.*)$': join(import.meta.dirname, 'src/public/$1.ts'),
    '^(\\.{1,2}/.*)\\.js$': '$1',
    ...Object.fromEntries(
      Object.entries(BUNDLES).map(([name, file]) => [name, join(import.meta.dirname, 'node_modules', file)]),
    ),
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true },
          keepClassNames: true,
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
};

/** Names what failed once more at the end, where whoever reads a log looks first. */
export const report = ['default', { summaryThreshold: 0 }];

/** Suites that start the service or the doctor as a process of its own. */
const PROCESSES =
  '/test/(cli|commonjs|process|shutdown|doctor|doctor-settings|playground|rules-program|tracing)\\.spec\\.ts$';

const service = { ...shared, moduleNameMapper: { ...shared.moduleNameMapper, ...joinedPackages } };

/** `npm test`: needs nothing but this repository and its packages. */
export default {
  globalSetup: join(import.meta.dirname, 'test/support/packages.setup.mjs'),
  // Two a core: many files wait for most of their time, for processes, timers and connections.
  maxWorkers: 2 * availableParallelism(),
  // Files share the machine, which may be busy: a property test takes many times as long as it does alone.
  testTimeout: 180_000,
  reporters: [report],
  // Jest then always starts workers: a test that captures what its process writes does not capture Jest's report.
  workerIdleMemoryLimit: '1GB',
  projects: [
    {
      ...service,
      displayName: 'service',
      roots: ['<rootDir>/src', '<rootDir>/test', '<rootDir>/examples'],
      testMatch: ['<rootDir>/{src,examples}/**/*.spec.ts', '<rootDir>/test/*.spec.ts'],
      testPathIgnorePatterns: [PROCESSES],
    },
    {
      ...service,
      displayName: 'processes',
      roots: ['<rootDir>/test'],
      testRegex: [PROCESSES],
      globalSetup: '<rootDir>/test/support/build.setup.mjs',
    },
  ],
};
