/** Runs the programs a suite needs: starts each, waits until it serves, keeps its log, and stops it. */
import { spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export { freePort } from '../../support/built-service.js';

interface Program {
  name: string;
  command: string;
  args: string[];
  /** All the program gets of the environment, beside PATH. */
  environment: Record<string, string>;
  /** Where it answers 200 once it serves. */
  readyAt: string;
  /** SIGTERM must lead to exit code 0; SIGKILL is for a program that would first wait for its clients to leave. */
  stopWith: 'SIGTERM' | 'SIGKILL';
}

export interface Running {
  stop(): Promise<void>;
}

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 30_000;

const running = new Set<Running>();

export async function startProgram(program: Program): Promise<Running> {
  const { name, readyAt, stopWith } = program;
  const folder = setting('LIVEKIT_TEST_FOLDER');
  const log = await open(join(folder, `${name}.log`), 'a');
  const child = spawn(program.command, program.args, {
    // Not the repository: a developer's own .env there would reach the program.
    cwd: folder,
    env: { PATH: process.env.PATH, ...program.environment },
    stdio: ['ignore', log.fd, log.fd],
  });
  let ending: string | undefined;
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  }).then((how) => (ending = how));
  await log.close();

  const self: Running = {
    async stop() {
      running.delete(self);
      child.kill(stopWith);
      const impatience = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
      const how = await ended;
      clearTimeout(impatience);
      const wanted = stopWith === 'SIGKILL' ? 'SIGKILL' : 'exit code 0';
      if (how !== wanted) throw new Error(`${name} was to end with ${wanted} but ended with ${how}`);
    },
  };
  running.add(self);

  const deadline = Date.now() + START_LIMIT_MS;
  while (!(await answers(readyAt))) {
    if (ending !== undefined) {
      running.delete(self);
      throw new Error(`${name} ended with ${ending} before it answered at ${readyAt}`);
    }
    if (Date.now() > deadline) throw new Error(`${name} did not answer at ${readyAt} within ${START_LIMIT_MS} ms`);
    await pause(50);
  }
  return self;
}

/** For `afterAll`: also stops what a failed `beforeAll` left running. */
export async function stopPrograms(): Promise<void> {
  const results = await Promise.allSettled([...running].map((program) => program.stop()));
  const faults = results.flatMap((result) => (result.status === 'rejected' ? [String(result.reason)] : []));
  if (faults.length > 0) throw new Error(faults.join('\n'));
}

export function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} must be set`);
  return value;
}

async function answers(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
  await response?.body?.cancel();
  return response?.status === 200;
}
