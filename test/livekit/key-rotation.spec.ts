/** The change of keys as docs/operations.md has it, at a real LiveKit: no token and no webhook is refused on the way. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, expect, it } from '@jest/globals';

import { eventually } from '../support/eventually.js';
import { temporaryFile } from '../support/temporary-file.js';
import { claimsOf } from './support/jwt.js';
import { joinResponse, validate } from './support/livekit.client.js';
import { startLiveKit, type LiveKit } from './support/livekit.js';
import { freePort, setting, stopPrograms } from './support/program.js';
import { requestToken, startService, type Service } from './support/service.js';

const OLD = { oldkey: '0123456789abcdef0123456789abcdef' };
const NEW = { newkey: 'fedcba9876543210fedcba9876543210' };

const fileOf = (keys: Record<string, string>): string =>
  Object.entries(keys)
    .map(([key, secret]) => `${key}: ${secret}\n`)
    .join('');

let livekit: LiveKit;
let service: Service;
/** Those that somebody may still hold. */
let tokens: string[] = [];

afterAll(stopPrograms);

const serviceLog = (): string => readFileSync(join(setting('LIVEKIT_TEST_FOLDER'), 'token-service.log'), 'utf8');
const timesRead = (): number => serviceLog().split('LIVEKIT_KEYS_FILE was read again').length - 1;

/** A new token and those before are accepted, and the webhooks of a join too; gives the key that signed the new one. */
async function expectAllToWork(step: string): Promise<unknown> {
  const token = await requestToken(service, step, 'Alice');
  tokens.push(token);
  for (const one of tokens) expect(await validate(livekit.url, one)).toMatchObject([{ status: 200 }, { status: 200 }]);
  await joinResponse(livekit.url, token);
  await eventually(() => new RegExp(`accepted.*room_started.*${step}`).test(serviceLog()));
  expect(serviceLog()).not.toContain('rejected');
  return claimsOf(token).iss;
}

it('from the old pair to the new', async () => {
  const [port, servicePort] = [await freePort(), String(await freePort())];
  const webhookUrls = [`http://127.0.0.1:${servicePort}/livekit/webhook`];
  const file = temporaryFile(fileOf(OLD));
  const restart = async (keys: Record<string, string>): Promise<void> => {
    await livekit.stop();
    livekit = await startLiveKit({ port, keys, webhookUrls });
  };
  const replace = async (keys: Record<string, string>): Promise<void> => {
    const before = timesRead();
    file.replace(fileOf(keys));
    await eventually(() => timesRead() > before);
  };

  livekit = await startLiveKit({ port, keys: OLD, webhookUrls });
  const settings = { LIVEKIT_URL: livekit.url, LIVEKIT_KEYS_FILE: file.path, SERVER_PORT: servicePort };
  service = await startService(settings);
  expect(await expectAllToWork('before')).toBe('oldkey');

  // The old one is last, and goes on signing webhooks.
  await restart({ ...NEW, ...OLD });
  expect(await expectAllToWork('step-1')).toBe('oldkey');

  await replace({ ...NEW, ...OLD });
  expect(await expectAllToWork('step-2')).toBe('newkey');

  // Their time is over.
  tokens = tokens.filter((token) => claimsOf(token).iss === 'newkey');
  await restart(NEW);
  expect(await expectAllToWork('step-4')).toBe('newkey');

  await replace(NEW);
  expect(await expectAllToWork('step-5')).toBe('newkey');
});
