/** The package in a CommonJS application: Node loads ES modules by require() from 20.19 and 22.12 on. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { expect, it } from '@jest/globals';

import { verifyToken } from '../src/testing/livekit-token.js';

import { BUILD } from './support/built-service.js';

it('a CommonJS application requires the modules', async () => {
  const host = join(import.meta.dirname, 'support/commonjs-host.cjs');
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [host, join(BUILD, '../package.json')]);
  // Of Node before 22.13, that require() of ES modules is experimental.
  expect(stderr.replaceAll(/^.*(ExperimentalWarning|--trace-warnings).*\n/gm, '')).toBe('');
  const [event, response = ''] = stdout.split('\n');
  expect(event).toBe('issued to alice');
  expect(response).toMatch(/^200 "/);
  expect((await verifyToken(JSON.parse(response.slice(4)) as string)).sub).toBe('alice');
});
