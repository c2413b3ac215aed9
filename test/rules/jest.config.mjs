import { shared } from '../../jest.config.mjs';

/** `npm run test:rules`: join rules against independent models, at length. */
export default {
  ...shared,
  rootDir: '../..',
  roots: ['<rootDir>/test/rules'],
  testMatch: ['<rootDir>/test/rules/**/*.spec.ts'],
};
