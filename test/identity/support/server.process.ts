/** Runs a server of another program until the suite ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

import { afterAll } from '@jest/globals';

import { eventually } from '../../../src/testing/eventually.js';

const started = new Set<ChildProcess>();

afterAll(async () => {
  for (const child of started) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
}, 180_000);

interface Options {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Responds with 200 as soon as the server is ready. */
  readonly readyAt: string;
}

export async function startServer({ command, args, environment = {}, readyAt }: Options): Promise<ChildProcess> {
  const child = spawn(command, args, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output = (output + chunk).slice(-5000);
    });
  }
  await eventually(async () => {
    if (child.exitCode !== null) throw new Error(`${command} ended:\n${output}`);
    const response = await fetch(readyAt, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
    await response?.body?.cancel();
    return response?.status === 200;
  }, 280_000).catch((error: unknown) => {
    throw new Error(`${command} is not ready:\n${output}`, { cause: error });
  });
  return child;
}
