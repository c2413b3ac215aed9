import config, { shared } from '../../../jest.config.mjs';

const { projects: _, ...common } = config;

/** As `npm test`, of the one spec that fails. */
export default { ...common, ...shared, rootDir: '.', testMatch: ['<rootDir>/failing.spec.ts'] };
