/** A team's repository that was made with an earlier package runs with this one, unchanged. */
import { beforeAll, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { commitThatAdded, earlierTarball, install, npm, tarball, teamWith } from './support/packages.js';
import { started } from './support/team-process.js';

/**
 * What brought the program of the package, the last thing that the team's repository uses. Where the history is not known that far, as in
 * a shallow clone, it is the current commit.
 */
const EARLIER = 'src/cli.ts';

let team: string;
beforeAll(() => {
  team = teamWith(earlierTarball(commitThatAdded(EARLIER)));
}, 900_000);

const versionOf = (): string =>
  (
    JSON.parse(readFileSync(join(team, 'node_modules/livekit-token-service/package.json'), 'utf8')) as {
      version: string;
    }
  ).version;

async function use(): Promise<void> {
  const service = await started(team, [process.execPath, 'dist/main.js']);
  const response = await fetch(`${service.url}/bookings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ seats: 4 }),
  });
  expect(await response.json()).toEqual({ seats: 4, started: [] });
  service.child.kill('SIGTERM');
  expect(await service.exited).toBe(0);
}

it('runs as it was compiled, compiles, and passes its test', async () => {
  expect(versionOf()).toBe('0.0.1');
  await use();
  install(team, tarball());
  expect(versionOf()).not.toBe('0.0.1');
  await use();
  expect(npm(team, 'test')).toMatch(/pass 1\b/);
  expect(npm(team, 'ls')).not.toMatch(/invalid|UNMET/);
}, 900_000);
