/** A participant with real media, whose client runs as a process of its own: its native part prints, and outlives its calls. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll } from '@jest/globals';

import { eventually } from '../../../src/testing/eventually.js';
import { setting } from './program.js';

const CLIENT = fileURLToPath(new URL('rtc.client.mjs', import.meta.url));
const LIMIT_MS = 60_000;

interface Told {
  readonly event: string;
  readonly [detail: string]: unknown;
}

/** Each order has some of these. */
interface OrderResult {
  readonly sid: string;
  readonly identity: string;
  readonly token: string;
}

const present = new Set<Participant>();

// Defined when a suite imports this, and so before the suite's own, which stops the server under them.
afterAll(async () => {
  await Promise.all([...present].map((participant) => participant.end()));
});

export class Participant {
  /** What the client has told of, but for answers to orders. */
  readonly events: Told[] = [];
  /** What LiveKit has called this participant. */
  sid = '';
  identity = '';
  private readonly answers: Told[] = [];

  private constructor(private readonly client: ChildProcess) {
    client.on('message', (told: Told) => {
      (told.event === 'done' || told.event === 'failed' ? this.answers : this.events).push(told);
    });
  }

  /** Resolves when media can flow; rejects with the client's reason. */
  static async join(url: string, token: string): Promise<Participant> {
    const log = await open(join(setting('LIVEKIT_TEST_FOLDER'), 'participant.log'), 'a');
    const client = fork(CLIENT, {
      // Not Jest's own: they are no options of a plain program.
      execArgv: [],
      stdio: ['ignore', log.fd, log.fd, 'ipc'],
    });
    await log.close();
    const participant = new Participant(client);
    present.add(participant);
    const { sid, identity } = await participant.order('join', { url, token });
    return Object.assign(participant, { sid, identity });
  }

  /** Lets others hear a tone, and gives the track's sid. */
  async publish(): Promise<string> {
    return (await this.order('publish')).sid;
  }

  /** The newest token that LiveKit has sent. */
  async token(): Promise<string> {
    return (await this.order('token')).token;
  }

  async leave(): Promise<void> {
    await this.order('leave');
    await this.end();
  }

  /** Waits for something that the client tells of. */
  told(event: string): Promise<Told> {
    return eventually(() => this.events.find((one) => one.event === event), LIMIT_MS);
  }

  /** Whether it has left by then or not. */
  async end(): Promise<void> {
    present.delete(this);
    if (this.client.exitCode !== null || this.client.signalCode !== null) return;
    const impatience = setTimeout(() => this.client.kill('SIGKILL'), LIMIT_MS);
    const exited = once(this.client, 'exit');
    if (this.client.connected) this.client.disconnect();
    await exited;
    clearTimeout(impatience);
  }

  private async order(order: string, values: object = {}): Promise<OrderResult> {
    this.client.send({ order, ...values });
    const answer = await eventually(() => {
      if (this.client.exitCode !== null) throw new Error('The client has ended; participant.log says why.');
      return this.answers.shift();
    }, LIMIT_MS);
    if (answer.event === 'failed') throw new Error(`${order}: ${String(answer['reason'])}`);
    return answer['result'] as OrderResult;
  }
}
