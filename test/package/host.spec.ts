/** The modules of the package in a Nest application of CommonJS, in TypeScript, with nothing else of the repository. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { eventBody, sendWebhook } from '../../src/testing/webhook-sender.js';

import { tarball, teamWith } from './support/packages.js';
import { started, type TeamProcess } from './support/team-process.js';

let folder: string;
let host: TeamProcess;
beforeAll(async () => {
  folder = teamWith(tarball(), 'host');
  host = await started(folder, [process.execPath, 'dist/main.js']);
}, 900_000);
afterAll(async () => {
  host.child.kill('SIGTERM');
  expect(await host.exited).toBe(0);
});

const token = (headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${host.url}/calls/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: '{"roomName":"daily","participantName":"mallory"}',
  });

it('is compiled to require()', () => {
  expect(readFileSync(join(folder, 'dist/calls.module.js'), 'utf8')).toContain(
    'require("livekit-token-service/token")',
  );
});

it('issues tokens to the callers of the host, and has its policy and listeners', async () => {
  const response = await token({ 'x-user': 'alice' });
  const [, payload = ''] = ((await response.json()) as { token: string }).token.split('.');
  expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({
    sub: 'alice',
    video: { room: 'daily', roomAdmin: true },
  });
  const refused = await token();
  expect([refused.status, Object.keys((await refused.json()) as object)]).toEqual([401, ['errorMessage']]);

  const event = eventBody('room_started', { room: { sid: 'RM_1', name: 'daily' } });
  expect((await sendWebhook(host.url, event)).status).toBe(200);
  const seen = await fetch(`${host.url}/health/live`);
  expect(await seen.json()).toEqual(['issued alice', 'started daily']);
});

it('writes nothing', () => {
  expect(host.output()).toBe('');
});
