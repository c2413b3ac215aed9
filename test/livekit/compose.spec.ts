/** LiveKit and the service as compose.yaml sets them up, on ports of their own: a join is answered, and its webhooks arrive. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { parseYaml } from '../../src/config/yaml.js';
import { eventually } from '../../src/testing/eventually.js';
import { joinResponse } from './support/livekit.client.js';
import { freeUdpPort, runLiveKit } from './support/livekit.js';
import { freePort, setting, stopPrograms } from './support/program.js';
import { requestToken, startService, type Service } from './support/service.js';

const ROOT = join(import.meta.dirname, '../..');

interface Compose {
  readonly services: { readonly 'token-service': { readonly environment: Record<string, string> } };
}

interface LiveKitConfiguration {
  readonly rtc: object;
  readonly webhook: object;
}

let service: Service;
let url: string;

/** As Compose interpolates it where the variable is not set. */
const byDefault = (value: string): string => value.replace(/^\$\{\w+:-(.*)\}$/, '$1');

beforeAll(async () => {
  const [port, servicePort] = [await freePort(), await freePort()];
  url = `ws://127.0.0.1:${port}`;
  await startLiveKitOf(port, servicePort);
  const { environment } = (await read<Compose>('compose.yaml')).services['token-service'];
  const defaults = Object.entries(environment).map(([name, value]) => [name, byDefault(value)]);
  const here = { LIVEKIT_URL: url, LIVEKIT_INTERNAL_URL: url, REDIS_URL: '', SERVER_PORT: String(servicePort) };
  service = await startService({ ...Object.fromEntries(defaults), ...here });
});
afterAll(stopPrograms);

it('lets somebody join with a token of the service', async () => {
  const { participant, room } = await joinResponse(url, await requestToken(service, 'Test Room', 'Alice'));
  expect([participant?.identity, room?.name]).toEqual(['Alice', 'Test Room']);
});

it('brings the webhooks of LiveKit to the service', async () => {
  const log = join(setting('LIVEKIT_TEST_FOLDER'), 'token-service.log');
  await eventually(async () => /accepted.*event="room_started"/.test(await readFile(log, 'utf8')));
});

async function read<T>(path: string): Promise<T> {
  return parseYaml(await readFile(join(ROOT, path), 'utf8')) as T;
}

/** Of the file that compose.yaml mounts; only ports, and names that containers alone know, are others here. */
async function startLiveKitOf(port: number, servicePort: number): Promise<void> {
  const file = await read<LiveKitConfiguration>('deploy/compose/livekit.yaml');
  const configuration = {
    ...file,
    port,
    rtc: { ...file.rtc, udp_port: await freeUdpPort(), tcp_port: await freePort() },
    webhook: { ...file.webhook, urls: [`http://127.0.0.1:${servicePort}/livekit/webhook`] },
  };
  await runLiveKit(configuration);
}
