/** Many participants with real connections, in processes of their own. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterEach } from '@jest/globals';

import { setting } from '../../livekit/support/program.js';
import { eventually } from '../../../src/testing/eventually.js';

const CLIENT = fileURLToPath(new URL('crowd.client.mjs', import.meta.url));
const JOIN_LIMIT_MS = 90_000;

/** Processes, in each of which participants join one after the other. */
const CLIENTS = 4;

interface Told {
  readonly event: 'joined' | 'failed' | 'disconnected' | 'reconnecting';
  readonly identity?: string;
  readonly reason?: string;
  /** Milliseconds since the epoch. */
  readonly at?: number;
}

const present = new Set<Crowd>();

/** None lasts longer than the test that needs it. */
afterEach(async () => {
  await Promise.all([...present].map((crowd) => crowd.end()));
});

export class Crowd {
  private readonly told: Told[] = [];

  private constructor(private readonly clients: readonly ChildProcess[]) {
    for (const client of clients) {
      client.on('message', (told: Told) => this.told.push(told));
      client.on('exit', () => this.told.push({ event: 'failed', reason: 'the client has ended; crowd.log says why' }));
    }
    present.add(this);
  }

  /** Resolves when all have joined. */
  static async join(url: string, tokens: readonly string[]): Promise<Crowd> {
    const log = await open(join(setting('LIVEKIT_TEST_FOLDER'), 'crowd.log'), 'a');
    const shares = Array.from({ length: CLIENTS }, (_, client) =>
      tokens.filter((_token, index) => index % CLIENTS === client),
    ).filter((share) => share.length > 0);
    const clients = shares.map(() => fork(CLIENT, { execArgv: [], stdio: ['ignore', log.fd, log.fd, 'ipc'] }));
    await log.close();
    const crowd = new Crowd(clients);
    for (const [index, client] of clients.entries()) client.send({ url, tokens: shares[index] ?? [] });
    await eventually(() => {
      const failure = crowd.told.find(({ event }) => event === 'failed');
      if (failure !== undefined) throw new Error(`A join failed: ${failure.reason}`);
      return crowd.told.filter(({ event }) => event === 'joined').length === clients.length;
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
    await Promise.all(this.clients.map((client) => end(client)));
  }
}

async function end(client: ChildProcess): Promise<void> {
  if (client.exitCode !== null || client.signalCode !== null) return;
  const exited = once(client, 'exit');
  client.kill('SIGKILL');
  await exited;
}
