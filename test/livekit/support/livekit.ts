/** Gives a suite a LiveKit server: the one that LIVEKIT_URL names if any will do, else one of its own on loopback. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, setting, startProgram, type Running } from './program.js';

export interface LiveKit {
  url: string;
  apiKey: string;
  apiSecret: string;
  /** What the token service must be told to serve this LiveKit. */
  settings: { LIVEKIT_URL: string; LIVEKIT_API_KEY: string; LIVEKIT_API_SECRET: string };
}

/** One that nobody else uses, and so may be stopped. */
export type OwnLiveKit = LiveKit & Running;

const API_KEY = 'testkey';
const API_SECRET = '0f1e2d3c4b5a69788796a5b4c3d2e1f0';

/** Of the LiveKit that `startOwnLiveKit` starts, for whoever has to know it before that. */
export const KEY_PAIR = { LIVEKIT_API_KEY: API_KEY, LIVEKIT_API_SECRET: API_SECRET };

/** Read at once: the service's settings take the place of these in suites that run it in their own process. */
const GIVEN = process.env.LIVEKIT_URL
  ? handle(process.env.LIVEKIT_URL, setting('LIVEKIT_API_KEY'), setting('LIVEKIT_API_SECRET'))
  : undefined;

interface Differences {
  webhookUrls?: string[];
  /** Whether a join may create its room. */
  autoCreate?: boolean;
  /** The key pairs, of which the last signs webhooks; LiveKit is given them as a file. */
  keys?: Record<string, string>;
  /** Where one that was stopped has to come back. */
  port?: number;
  /** Whether it tells clients an address for media where nobody is, as behind a firewall. */
  mediaBlocked?: boolean;
}

/** For suites that any LiveKit will do for, as long as it serves them: they ask it, and leave it as it is. */
export async function startLiveKit(): Promise<LiveKit> {
  return GIVEN ?? (await startOwnLiveKit());
}

/** For suites that set LiveKit up, get its webhooks, or stop it, none of which can be done to the one that LIVEKIT_URL names. */
export async function startOwnLiveKit(differences: Differences = {}): Promise<OwnLiveKit> {
  const port = differences.port ?? (await freePort());
  const { keys = { [API_KEY]: API_SECRET } } = differences;
  const keyFile = join(setting('LIVEKIT_TEST_FOLDER'), `livekit-${port}.keys`);
  // LiveKit does not start with a file that others than its owner and group may read.
  await writeFile(keyFile, keysFileOf(keys), { mode: 0o640 });
  const program = await runLiveKit(configuration(port, await freeUdpPort(), keyFile, { ...differences, keys }));
  return { ...handle(`ws://127.0.0.1:${port}`, API_KEY, API_SECRET), stop: program.stop };
}

/** Of a configuration as LiveKit's own file has it. */
export async function runLiveKit(configured: { readonly port: number }): Promise<Running> {
  const command = process.env.LIVEKIT_SERVER_BIN;
  if (!command) {
    throw new Error(`This suite sets LiveKit up, gets its webhooks, or stops it. The one at LIVEKIT_URL is left alone, so a second one
is needed here: put livekit-server on the PATH, set LIVEKIT_SERVER_BIN to it, or install Go, which builds it.`);
  }
  const config = join(setting('LIVEKIT_TEST_FOLDER'), `livekit-${configured.port}.yaml`);
  // JSON is YAML, so no YAML library is needed to write it.
  await writeFile(config, JSON.stringify(configured));
  return startProgram({
    name: 'livekit-server',
    command,
    args: ['--config', config],
    environment: {},
    readyAt: `http://127.0.0.1:${configured.port}/`,
    stopWith: 'SIGKILL',
  });
}

/** The file of pairs that LiveKit and the service read alike. */
export function keysFileOf(keys: Record<string, string>): string {
  return Object.entries(keys)
    .map(([key, secret]) => `${key}: ${secret}\n`)
    .join('');
}

function handle(url: string, apiKey: string, apiSecret: string): LiveKit {
  return {
    url,
    apiKey,
    apiSecret,
    settings: { LIVEKIT_URL: url, LIVEKIT_API_KEY: apiKey, LIVEKIT_API_SECRET: apiSecret },
  };
}

/** Nothing in it leaves the machine: each line that looks idle stops a listener or a request to the outside. */
function configuration(
  port: number,
  mediaPort: number,
  keyFile: string,
  { webhookUrls = [], autoCreate = true, keys = {}, mediaBlocked = false }: Differences,
) {
  return {
    port,
    bind_addresses: ['127.0.0.1'],
    key_file: keyFile,
    rtc: {
      use_external_ip: false,
      // Given, so that the server asks no STUN server for it.
      // One for documentation (RFC 5737) leads nowhere.
      node_ip: mediaBlocked ? '192.0.2.1' : '127.0.0.1',
      // Else the server finds the way to the client by itself.
      use_ice_lite: mediaBlocked,
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
