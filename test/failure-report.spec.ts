/** A test that fails while the output of its process is captured is reported all the same. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '..');
const CONFIGS = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('jest.config.mjs'))
  .map((path) => join(ROOT, 'test', path));

it("is in Jest's report", () => {
  const jest = [
    join(ROOT, 'node_modules/jest/bin/jest.js'),
    '--config',
    join(ROOT, 'test/support/failing/jest.config.mjs'),
  ];
  const options = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  // Without the variables of the Jest that runs this.
  const { status, stdout, stderr } = spawnSync(process.execPath, [...options, ...jest], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'] },
    encoding: 'utf8',
  });
  expect([status, stdout + stderr]).toEqual([1, expect.stringContaining('The reason of the failure.')]);
});

it('in every suite', async () => {
  const limitOf = async (path: string): Promise<unknown> =>
    ((await import(path)) as { default: { workerIdleMemoryLimit?: string } }).default.workerIdleMemoryLimit;
  expect(CONFIGS.length).toBeGreaterThan(5);
  // Jest starts a worker for each spec then, also for a single one, and writes its report itself.
  for (const path of CONFIGS) expect([path, await limitOf(path)]).toEqual([path, '1GB']);
});
