/** Gives a suite a LiveKit server: one of its own on loopback, or the one that LIVEKIT_URL names. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, setting, startProgram, type Running } from './program.js';

export interface LiveKit extends Running {
  url: string;
  apiKey: string;
  apiSecret: string;
  /** What the token service must be told to serve this LiveKit. */
  settings: { LIVEKIT_URL: string; LIVEKIT_API_KEY: string; LIVEKIT_API_SECRET: string };
}

const API_KEY = 'testkey';
const API_SECRET = '0123456789abcdef0123456789abcdef';

/** Of the LiveKit that `startLiveKit` starts, for whoever has to know it before that. */
export const KEY_PAIR = { LIVEKIT_API_KEY: API_KEY, LIVEKIT_API_SECRET: API_SECRET };

/** Read at once: the service's settings take the place of this one in suites that run it in their own process. */
const GIVEN_URL = process.env.LIVEKIT_URL;

interface Differences {
  webhookUrls?: string[];
  /** Whether a join may create its room. */
  autoCreate?: boolean;
  /** The key pairs, of which the last signs webhooks; LiveKit is given them as a file. */
  keys?: Record<string, string>;
  /** Where one that was stopped has to come back. */
  port?: number;
}

export async function startLiveKit(differences: Differences = {}): Promise<LiveKit> {
  if (GIVEN_URL) {
    if (Object.keys(differences).length > 0) {
      throw new Error('this suite starts a LiveKit of its own settings: unset LIVEKIT_URL');
    }
    return handle(GIVEN_URL, setting('LIVEKIT_API_KEY'), setting('LIVEKIT_API_SECRET'), leaveRunning);
  }
  const port = differences.port ?? (await freePort());
  const { keys = { [API_KEY]: API_SECRET } } = differences;
  const folder = setting('LIVEKIT_TEST_FOLDER');
  const keyFile = join(folder, `livekit-${port}.keys`);
  // LiveKit does not start with a file that others than its owner and group may read.
  await writeFile(keyFile, keysFileOf(keys), { mode: 0o640 });
  const config = join(folder, `livekit-${port}.yaml`);
  // JSON is YAML, so no YAML library is needed to write it.
  await writeFile(config, JSON.stringify(configuration(port, await freeUdpPort(), keyFile, { ...differences, keys })));
  const program = await startProgram({
    name: 'livekit-server',
    command: setting('LIVEKIT_SERVER_BIN'),
    args: ['--config', config],
    environment: {},
    readyAt: `http://127.0.0.1:${port}/`,
    stopWith: 'SIGKILL',
  });
  return handle(`ws://127.0.0.1:${port}`, API_KEY, API_SECRET, program.stop);
}

/** The file of pairs that LiveKit and the service read alike. */
export function keysFileOf(keys: Record<string, string>): string {
  return Object.entries(keys)
    .map(([key, secret]) => `${key}: ${secret}\n`)
    .join('');
}

async function leaveRunning(): Promise<void> {}

function handle(url: string, apiKey: string, apiSecret: string, stop: Running['stop']): LiveKit {
  const settings = { LIVEKIT_URL: url, LIVEKIT_API_KEY: apiKey, LIVEKIT_API_SECRET: apiSecret };
  return { url, apiKey, apiSecret, settings, stop };
}

/** Nothing in it leaves the machine: each line that looks idle stops a listener or a request to the outside. */
function configuration(
  port: number,
  mediaPort: number,
  keyFile: string,
  { webhookUrls = [], autoCreate = true, keys = {} }: Differences,
) {
  return {
    port,
    bind_addresses: ['127.0.0.1'],
    key_file: keyFile,
    rtc: {
      use_external_ip: false,
      // Given, so that the server asks no STUN server for it.
      node_ip: '127.0.0.1',
      enable_loopback_candidate: true,
      interfaces: { includes: ['lo'] },
      udp_port: mediaPort,
      // Its default listens on every interface, whatever bind_addresses says.
      tcp_port: 0,
      // Empty would send clients to public STUN servers. Nothing listens here, and nothing needs to.
      stun_servers: ['127.0.0.1:3478'],
    },
    room: { auto_create: autoCreate, empty_timeout: 5, departure_timeout: 1 },
    ...(webhookUrls.length > 0 && { webhook: { api_key: Object.keys(keys).at(-1), urls: webhookUrls } }),
    logging: { level: 'info', json: true },
  };
}

export async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}
