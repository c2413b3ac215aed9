/** What `npm create livekit-service` writes, for every combination of its options: `npm install && npm test && npm start`, then a token. */
import { execFileSync } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { AUDIENCE, FakeIssuer } from '../../src/testing/fake-issuer.js';
import { verifyToken } from '../../src/testing/livekit-token.js';

import { emptyFolder, npm, tarball, teamEnvironment } from './support/packages.js';
import { started } from './support/team-process.js';

const ROOT = join(import.meta.dirname, '../..');
const PACKAGE = join(ROOT, 'packages/create');
const COMBINATIONS = ['none', 'oidc'].flatMap((auth) =>
  ['policy', 'listener', 'route'].map((module) => [auth, module] as const),
);

/** The program of the packed package, installed. */
let program: string;
let issuer: FakeIssuer;
/** The repository before: package.json is the same in all, so the next one takes its packages, and npm finds them in place. */
let earlier: string | undefined;
beforeAll(async () => {
  const folder = emptyFolder();
  const archive = npm(PACKAGE, 'pack', '--silent', '--pack-destination', folder).trim();
  npm(folder, 'install', '--no-audit', '--no-fund', join(folder, archive));
  program = join(folder, 'node_modules/.bin/create-livekit-service');
  issuer = await FakeIssuer.start();
});
afterAll(() => issuer.stop());

describe.each(COMBINATIONS)('--auth %s --module %s', (auth, module) => {
  let folder: string;
  beforeAll(() => {
    folder = join(emptyFolder(), 'calls');
    const options = ['--auth', auth, '--module', module, '--package', tarball()];
    execFileSync(program, [folder, ...options], { env: teamEnvironment() });
    for (const path of earlier === undefined ? [] : ['node_modules', 'package-lock.json']) {
      renameSync(join(String(earlier), path), join(folder, path));
    }
    npm(folder, 'install', '--prefer-offline', '--no-audit', '--no-fund');
    earlier = folder;
  });

  it('passes its tests', () => {
    const output = npm(folder, 'test');
    expect([Number(/pass (\d+)/.exec(output)?.[1]) >= 3, /fail (\d+)/.exec(output)?.[1]]).toEqual([true, '0']);
  });

  it('starts and issues a token', async () => {
    const settings: Record<string, string> =
      auth === 'oidc' ? { OIDC_ISSUER: issuer.url, OIDC_AUDIENCE: AUDIENCE } : {};
    // A group of processes, because `npm start` has shells between.
    const service = await started(folder, ['setsid', 'npm', 'start'], settings);
    try {
      const authorization = `Bearer ${await issuer.sign({ sub: 'alice' })}`;
      const ask = (headers: Record<string, string>): Promise<Response> =>
        fetch(`${service.url}/token`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: JSON.stringify({ roomName: 'daily', participantName: 'Alice' }),
        });
      const response = await ask({ authorization });
      expect(response.status).toBe(200);
      const { sub, video } = await verifyToken((await response.json()) as string);
      expect([sub, video['room']]).toEqual([auth === 'oidc' ? 'alice' : 'Alice', 'daily']);
      expect((await ask({})).status).toBe(auth === 'oidc' ? 401 : 200);
    } finally {
      process.kill(-Number(service.child.pid), 'SIGTERM');
      await service.exited;
    }
  });
});

const TEST_BY_JEST = `
import { afterAll, expect, it } from '@jest/globals';
import { FakeIssuer, FakeLiveKit, startApp, stopAll } from 'livekit-token-service/testing';

import { RoomsModule } from './dist/rooms/rooms.module.js';

afterAll(stopAll);

it('issues a token', async () => {
  const issuer = await FakeIssuer.start();
  const livekit = await FakeLiveKit.start();
  const service = await startApp({ ...issuer.settings, LIVEKIT_URL: livekit.url }, { modules: [RoomsModule] });
  const authorization = 'Bearer ' + (await issuer.sign());
  const response = await service.post('/token', { roomName: 'daily', participantName: 'Alice' }, { authorization });
  expect(response.status).toBe(200);
});
`;

it('the tree of packages has no errors', () => {
  npm(String(earlier), 'ls', '--all');
});

it('livekit-token-service/testing works with Jest, too', () => {
  const folder = String(earlier);
  writeFileSync(join(folder, 'jest.test.mjs'), TEST_BY_JEST);
  const jest = ['--experimental-vm-modules', join(ROOT, 'node_modules/jest/bin/jest.js')];
  const options = ['--rootDir', folder, '--testMatch', '**/jest.test.mjs'];
  // Throws with Jest's report if a test fails or none is found.
  execFileSync(process.execPath, [...jest, ...options], { cwd: folder, env: teamEnvironment(), stdio: 'pipe' });
});
