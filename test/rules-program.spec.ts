/** The tool for join rules as it is built, as a process without any variable. */
import { expect, it } from '@jest/globals';

import { runBuilt } from './support/built-service.js';
import { temporaryFile } from './support/temporary-file.js';

it('checks and compares files without any variable', async () => {
  const [before, after] = ['a', 'b'].map(
    (group) => temporaryFile(`[{ rooms: ['*'], callers: { groups: ${group} } }]`).path,
  );
  const checked = await runBuilt('rules.js', ['check', before ?? '', '--json']);
  expect([checked.code, JSON.parse(checked.stdout), checked.stderr]).toEqual([0, { errors: [], warnings: [] }, '']);
  const compared = await runBuilt('rules.js', ['diff', before ?? '', after ?? '']);
  expect([compared.code, compared.stdout]).toEqual([1, expect.stringContaining('loses access')]);
});
