/** nginx and Caddy before LiveKit, with the files of deploy/: only addresses are others here. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { freePort, setting, startProgram } from '../../livekit/support/program.js';

const DEPLOY = join(import.meta.dirname, '../../../deploy');

export const GATE_TOKEN = 'Jm4cW9tqX2hLz7Vd';

export interface SignalProxy {
  /** Where clients connect. */
  readonly url: string;
  /** What it has logged. */
  log(): Promise<string>;
}

export interface Upstreams {
  /** ws://host:port */
  readonly livekit: string;
  /** http://host:port of each instance of the service. */
  readonly gates: readonly string[];
  /** False takes the gate out, for comparison. */
  readonly asks?: boolean;
}

export const PROXIES = { nginx: startNginx, Caddy: startCaddy } as const;

export async function startNginx({ livekit, gates, asks = true }: Upstreams): Promise<SignalProxy> {
  const port = await freePort();
  const folder = await folderOf(`nginx-${port}`);
  const replaced: [string | RegExp, string][] = [
    ['listen 80;', `listen 127.0.0.1:${port};`],
    ['server 127.0.0.1:7880;', `server ${hostOf(livekit)};`],
    ['server 127.0.0.1:6080;', gates.map((gate) => `server ${hostOf(gate)};`).join(' ')],
    [/\/var\/log\/nginx/g, folder],
    ["# proxy_set_header X-Gate-Token 'the value of GATE_TOKEN';", `proxy_set_header X-Gate-Token '${GATE_TOKEN}';`],
  ];
  if (!asks) replaced.push(['auth_request /livekit-gate;', '']);
  let text = await readFile(join(DEPLOY, 'nginx/livekit.conf'), 'utf8');
  for (const [from, to] of replaced) {
    if (text.search(from instanceof RegExp ? from : escaped(from)) < 0) throw new Error(`The file has no ${from}`);
    text = text.replace(from, to);
  }
  await writeFile(join(folder, 'livekit.conf'), text);
  const main = `daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log;
    events { worker_connections 4096; }
    http { client_body_temp_path ${folder}; proxy_temp_path ${folder}; include ${folder}/livekit.conf; }`;
  await writeFile(join(folder, 'nginx.conf'), main);
  await startProgram({
    name: 'nginx',
    command: 'nginx',
    args: ['-c', join(folder, 'nginx.conf')],
    environment: {},
    readyAt: `http://127.0.0.1:${port}/`,
    stopWith: 'SIGTERM',
  });
  return { url: `ws://127.0.0.1:${port}`, log: () => readFile(join(folder, 'livekit.access.log'), 'utf8') };
}

export async function startCaddy({ livekit, gates }: Upstreams): Promise<SignalProxy> {
  const port = await freePort();
  const folder = await folderOf(`caddy-${port}`);
  await startProgram({
    name: 'caddy',
    command: 'caddy',
    args: ['run', '--adapter', 'caddyfile', '--config', join(DEPLOY, 'caddy/Caddyfile')],
    environment: {
      HOME: folder,
      GATE_SITE: `http://127.0.0.1:${port}`,
      GATE: gates.map(hostOf).join(' '),
      LIVEKIT: hostOf(livekit),
      GATE_TOKEN,
    },
    readyAt: `http://127.0.0.1:${port}/`,
    stopWith: 'SIGTERM',
  });
  const log = join(setting('LIVEKIT_TEST_FOLDER'), 'caddy.log');
  return { url: `ws://127.0.0.1:${port}`, log: () => readFile(log, 'utf8') };
}

async function folderOf(name: string): Promise<string> {
  const folder = join(setting('LIVEKIT_TEST_FOLDER'), name);
  await mkdir(folder);
  return folder;
}

const hostOf = (url: string): string => new URL(url).host;
const escaped = (text: string): RegExp => new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
