/** Runs one server under test as a process of its own, from the cold start to the end. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Contestant } from './contestant.js';
import type { Cores } from './cores.js';
import { askForToken } from './token.request.js';

const POLL_MS = 5;
const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 5_000;
const LOG_TAIL = 2_000;
/** The most the variable allows, so that the limit counts every request and refuses none. */
const NEVER_REACHED = '1000000';

export class ServerProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly logFile: string,
    readonly pid: number,
    readonly port: number,
    readonly coldStartMs: number,
  ) {}

  /** Comes back once the server has answered its first token; what it prints goes to the log file. */
  static async start(contestant: Contestant, cores: Cores, logFile: string): Promise<ServerProcess> {
    const port = await freePort();
    const [command = '', ...args] = cores.serverCommand([
      process.execPath,
      ...contestant.nodeOptions,
      contestant.entry,
    ]);
    const log = openSync(logFile, 'w');
    const startedAt = performance.now();
    const child = spawn(command, args, {
      // A .env file in the folder of the caller must not change what is measured.
      cwd: dirname(logFile),
      env: { ...cleanEnvironment(port), ...contestant.env },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    const killWithParent = (): void => void child.kill('SIGKILL');
    process.once('exit', killWithParent);
    child.once('exit', () => process.off('exit', killWithParent));
    let spawnFailure: Error | undefined;
    child.once('error', (error) => (spawnFailure = error));

    while (!(await answersWithToken(port, contestant.bearer))) {
      if (spawnFailure !== undefined) throw spawnFailure;
      const late = performance.now() - startedAt > START_LIMIT_MS;
      if (late || hasEnded(child)) {
        child.kill('SIGKILL');
        throw new Error(
          `${contestant.name} ${late ? 'gave no token in time' : 'ended at its start'}:\n${logEnd(logFile)}`,
        );
      }
      await sleep(POLL_MS);
    }
    const coldStartMs = performance.now() - startedAt;
    if (child.pid === undefined) throw new Error(`${contestant.name} has no process id`);
    return new ServerProcess(child, logFile, child.pid, port, coldStartMs);
  }

  /** The end of the log of a server that has died, which tells more than the broken connection does. */
  obituary(): string {
    return hasEnded(this.child) ? `; the server has ended:\n${logEnd(this.logFile)}` : '';
  }

  async stop(): Promise<void> {
    if (hasEnded(this.child)) return;
    const ended = once(this.child, 'exit');
    const kill = setTimeout(() => this.child.kill('SIGKILL'), STOP_LIMIT_MS);
    this.child.kill('SIGTERM');
    await ended;
    clearTimeout(kill);
  }
}

/** Only what a process needs to run at all: any other variable could switch something on or off in a server. */
function cleanEnvironment(port: number): NodeJS.ProcessEnv {
  // Off by default outside of production, and part of what a request costs there.
  const env: NodeJS.ProcessEnv = { SERVER_PORT: String(port), RATE_LIMIT_PER_ADDRESS: NEVER_REACHED };
  for (const name of ['PATH', 'SystemRoot']) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  return env;
}

async function answersWithToken(port: number, bearer: string | undefined): Promise<boolean> {
  try {
    return (await askForToken(port, { roomName: 'first', participantName: 'first' }, bearer)).status === 200;
  } catch {
    return false;
  }
}

function logEnd(logFile: string): string {
  return readFileSync(logFile, 'utf8').slice(-LOG_TAIL);
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
