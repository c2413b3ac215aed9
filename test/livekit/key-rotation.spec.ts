/** The change of keys as docs/operations.md has it, at a real LiveKit, while clients come and go: nothing is refused on the way. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from '@jest/globals';

import { eventually } from '../../src/testing/eventually.js';
import { temporaryFile } from '../support/temporary-file.js';
import { claimsOf } from './support/jwt.js';
import { joinResponse, validate } from './support/livekit.client.js';
import { keysFileOf, startOwnLiveKit, type OwnLiveKit } from './support/livekit.js';
import { freePort, setting, stopPrograms } from './support/program.js';
import { requestToken, startService, type Service } from './support/service.js';
import { Visitors } from './support/visitors.js';

const OLD = { oldkey: '0f1e2d3c4b5a69788796a5b4c3d2e1f0' };
const NEW = { newkey: 'fedcba9876543210fedcba9876543210' };

let livekit: OwnLiveKit;
let service: Service;
let visitors: Visitors;
let restart: (keys: Record<string, string>) => Promise<void>;
let replace: (keys: Record<string, string>) => Promise<void>;
/** Those that somebody may still hold. */
let tokens: string[] = [];

const serviceLog = (): string => readFileSync(join(setting('LIVEKIT_TEST_FOLDER'), 'token-service.log'), 'utf8');
const timesRead = (): number => serviceLog().split('LIVEKIT_KEYS_FILE was read again').length - 1;

/** Both sides know the old pair alone, and clients come and go. */
beforeEach(async () => {
  const [port, servicePort] = [await freePort(), String(await freePort())];
  const webhookUrls = [`http://127.0.0.1:${servicePort}/livekit/webhook`];
  const file = temporaryFile(keysFileOf(OLD));
  livekit = await startOwnLiveKit({ port, keys: OLD, webhookUrls });
  const settings = { LIVEKIT_URL: livekit.url, LIVEKIT_KEYS_FILE: file.path, SERVER_PORT: servicePort };
  service = await startService(settings);
  visitors = new Visitors(service, livekit);
  restart = async (keys) => {
    await livekit.stop();
    livekit = await startOwnLiveKit({ port, keys, webhookUrls });
  };
  replace = async (keys) => {
    const before = timesRead();
    file.replace(keysFileOf(keys));
    await eventually(() => timesRead() > before);
  };
});

afterEach(async () => {
  await visitors.stop();
  await stopPrograms();
});

/** This key signs; a new token and those before are accepted, and the webhooks of a join too. */
async function expectAllToWork(step: string, key: string): Promise<void> {
  const token = await requestToken(service, step, 'Alice');
  expect(claimsOf(token).iss).toBe(key);
  tokens.push(token);
  for (const one of tokens) expect(await validate(livekit.url, one)).toMatchObject([{ status: 200 }, { status: 200 }]);
  await joinResponse(livekit.url, token);
  await eventually(() => new RegExp(`accepted.*room_started.*${step}`).test(serviceLog()));
  expect(serviceLog()).not.toContain('rejected');
  await visitors.keepComing(key);
  expect(visitors.refusals).toEqual([]);
}

it('from the old pair to the new', async () => {
  await expectAllToWork('before', 'oldkey');

  // The old one is last, and goes on signing webhooks.
  await restart({ ...NEW, ...OLD });
  await expectAllToWork('step-1', 'oldkey');

  await replace({ ...NEW, ...OLD });
  await expectAllToWork('step-2', 'newkey');

  // Their time is over.
  tokens = tokens.filter((token) => claimsOf(token).iss === 'newkey');
  await restart(NEW);
  await expectAllToWork('step-4', 'newkey');

  await replace(NEW);
  await expectAllToWork('step-5', 'newkey');
});

it('in another order, clients are refused', async () => {
  await visitors.keepComing('oldkey');
  await replace({ ...NEW, ...OLD });
  await eventually(() => visitors.refusals.length > 0);
  expect(visitors.refusals[0]).toContain('401');

  await restart({ ...NEW, ...OLD });
  await visitors.keepComing('newkey');
});
