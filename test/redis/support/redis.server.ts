/** A Redis of a test's own on loopback, which keeps nothing, and can be lost, hung and brought back. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

import { Redis } from 'ioredis';

import { freePort } from '../../support/built-service.js';
import { eventually } from '../../../src/testing/eventually.js';

const NOTHING_TO_RUN = `These tests need a Redis server and found none. Do one of these:
- put redis-server on the PATH (such as by: apt-get install redis-server),
- set REDIS_SERVER_BIN to such a program.`;

/** Would be found in any log line that shows the URL, or a part of it. */
export const PASSWORD = 'hunter2-of-redis';

export class RedisServer {
  private child: ChildProcess | undefined;

  private constructor(private readonly port: number) {}

  static async start(): Promise<RedisServer> {
    const server = new RedisServer(await freePort());
    await server.start();
    return server;
  }

  get url(): string {
    return `redis://:${PASSWORD}@127.0.0.1:${this.port}`;
  }

  /** Starts it again, on the same port and empty. */
  async start(): Promise<void> {
    const args = ['--port', String(this.port), '--bind', '127.0.0.1', '--requirepass', PASSWORD];
    const child = spawn(binary(), [...args, '--save', '', '--appendonly', 'no'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.child = child;
    let log = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      log += chunk;
    });
    await eventually(() => {
      if (child.exitCode !== null) throw new Error(`Redis ended before it was ready:\n${log}`);
      return log.includes('Ready to accept connections');
    });
  }

  /** As a crash would: clients are told nothing but that their connections are gone. */
  async kill(): Promise<void> {
    const { child } = this;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  /** Connections stay open, new ones are taken by the system, and nothing is answered. */
  hang(): void {
    this.child?.kill('SIGSTOP');
  }

  goOn(): void {
    this.child?.kill('SIGCONT');
  }

  /** Asks this Redis, as an operator would. */
  async query<Answer>(command: (redis: Redis) => Promise<Answer>): Promise<Answer> {
    const redis = new Redis(this.url);
    try {
      return await command(redis);
    } finally {
      redis.disconnect();
    }
  }
}

function binary(): string {
  const program = process.env.REDIS_SERVER_BIN || 'redis-server';
  if (spawnSync(program, ['--version'], { stdio: 'ignore' }).status !== 0) throw new Error(NOTHING_TO_RUN);
  return program;
}
