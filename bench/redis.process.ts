/** A Redis of the benchmark's own on loopback, which keeps nothing. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { freePort } from './server.process.js';

const START_LIMIT_MS = 5_000;

export class RedisProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  /** Undefined if there is no redis-server on the PATH. */
  static async start(logFile: string): Promise<RedisProcess | undefined> {
    const port = await freePort();
    const log = openSync(logFile, 'w');
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    const child = spawn('redis-server', args, { stdio: ['ignore', log, log] });
    closeSync(log);
    const isThere = await once(child, 'spawn').then(
      () => true,
      () => false,
    );
    if (!isThere) return undefined;
    const killWithParent = (): void => void child.kill('SIGKILL');
    process.once('exit', killWithParent);
    child.once('exit', () => process.off('exit', killWithParent));
    const end = performance.now() + START_LIMIT_MS;
    while (!readFileSync(logFile, 'utf8').includes('Ready to accept connections')) {
      if (performance.now() > end) throw new Error('redis-server was not ready in time');
      await sleep(20);
    }
    return new RedisProcess(child, `redis://127.0.0.1:${port}`);
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }
}
