/** Many participants with real connections, in one process of their own. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll } from '@jest/globals';

import { setting } from '../../livekit/support/program.js';
import { eventually } from '../../support/eventually.js';

const CLIENT = fileURLToPath(new URL('crowd.client.mjs', import.meta.url));
const JOIN_LIMIT_MS = 90_000;

interface Told {
  readonly event: 'joined' | 'failed' | 'disconnected' | 'reconnecting';
  readonly identity?: string;
  readonly reason?: string;
  /** Milliseconds since the epoch. */
  readonly at?: number;
}

const present = new Set<Crowd>();

afterAll(async () => {
  await Promise.all([...present].map((crowd) => crowd.end()));
});

export class Crowd {
  private readonly told: Told[] = [];

  private constructor(private readonly client: ChildProcess) {
    client.on('message', (told: Told) => this.told.push(told));
    present.add(this);
  }

  /** Resolves when all have joined. */
  static async join(url: string, tokens: readonly string[]): Promise<Crowd> {
    const log = await open(join(setting('LIVEKIT_TEST_FOLDER'), 'crowd.log'), 'a');
    const client = fork(CLIENT, { execArgv: [], stdio: ['ignore', log.fd, log.fd, 'ipc'] });
    await log.close();
    const crowd = new Crowd(client);
    client.send({ url, tokens });
    await eventually(() => {
      const failure = crowd.told.find(({ event }) => event === 'failed');
      if (failure !== undefined) throw new Error(`A join failed: ${failure.reason}`);
      return crowd.told.some(({ event }) => event === 'joined');
    }, JOIN_LIMIT_MS);
    return crowd;
  }

  /** Who was disconnected, with the time. */
  get gone(): ReadonlyMap<string, number> {
    const found = this.told.filter(({ event }) => event === 'disconnected');
    return new Map(found.map(({ identity = '', at = 0 }) => [identity, at]));
  }

  /** Why participants were disconnected, and what else they noticed. */
  get reasons(): ReadonlySet<string> {
    return new Set(this.told.filter(({ event }) => event !== 'joined').map(({ event, reason = event }) => reason));
  }

  async end(): Promise<void> {
    present.delete(this);
    if (this.client.exitCode !== null || this.client.signalCode !== null) return;
    const exited = once(this.client, 'exit');
    this.client.kill('SIGKILL');
    await exited;
  }
}
