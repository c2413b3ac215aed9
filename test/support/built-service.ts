/** Runs the service as operators do, as a process of its own, from the same sources compiled. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { isAbsolute, join } from 'node:path';
import { text } from 'node:stream/consumers';

const ROOT = join(import.meta.dirname, '../..');
/** Made by build.setup.mjs. */
export const BUILD = join(ROOT, 'node_modules/.cache/test-build/dist');

/** What `npm run start:prod` gives Node: a version of Node that does not take it cannot run the service. */
const NODE_OPTIONS = optionsOfStart();

function optionsOfStart(): string[] {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  return (scripts['start:prod'] ?? '').split(' ').filter((word) => word.startsWith('--'));
}

export interface ServiceProcess {
  readonly url: string;
  readonly child: ChildProcess;
  readonly output: () => string;
  /** Waits for the end, and gives the exit code. */
  readonly exited: Promise<number | null>;
}

/** Starts the process with only these settings; does not wait until it listens. */
export async function spawnService(
  settings: Readonly<Record<string, string>> = {},
  [file = '', ...args]: readonly string[] = ['main.js'],
): Promise<ServiceProcess> {
  const port = settings['SERVER_PORT'] ?? String(await freePort());
  // One pipe for stdout and stderr keeps the order of what is written. The shell becomes the process.
  const command = ['exec "$0" "$@" 2>&1', process.execPath, ...NODE_OPTIONS, join(BUILD, file), ...args];
  const child = spawn('/bin/sh', ['-c', ...command], {
    cwd: BUILD,
    env: { SERVER_PORT: port, ...settings },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  const exited = once(child, 'close').then(([code]) => code as number | null);
  return { url: `http://127.0.0.1:${port}`, child, output: () => output, exited };
}

export interface ProgramEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs another program of the build to its end, with only these settings. */
export async function runBuilt(
  file: string,
  args: readonly string[] = [],
  settings: Readonly<Record<string, string>> = {},
  cwd = BUILD,
): Promise<ProgramEnd> {
  const child = spawn(process.execPath, [isAbsolute(file) ? file : join(BUILD, file), ...args], {
    cwd,
    env: settings,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close').then(([code]) => code as number | null);
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  return { code, stdout, stderr };
}

/** Resolves when the condition holds; rejects with what was printed after the deadline. */
export async function untilListening(service: ServiceProcess, deadlineMs = 45_000): Promise<void> {
  const end = Date.now() + deadlineMs;
  while (Date.now() < end && service.child.exitCode === null) {
    const answered = await fetch(`${service.url}/health/live`).then(
      (response) => response.ok,
      () => false,
    );
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`The service did not listen:\n${service.output()}`);
}

/** Below the ports that the system gives to connections, which another program would take before the port is used. */
const PORTS = { from: 20_000, count: 12_000 };

export async function freePort(): Promise<number> {
  for (;;) {
    const port = PORTS.from + Math.floor(Math.random() * PORTS.count);
    const server = createServer().listen(port);
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}
