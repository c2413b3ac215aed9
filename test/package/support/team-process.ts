/** A team's service as a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

import { freePort } from '../../support/built-service.js';

import { teamEnvironment } from './packages.js';

export interface TeamProcess {
  readonly url: string;
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly exited: Promise<number | null>;
}

/** Runs a command in a team's folder. Does not wait until it listens. */
export async function run(
  folder: string,
  [program = '', ...args]: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): Promise<TeamProcess> {
  const port = settings['SERVER_PORT'] ?? String(await freePort());
  const child = spawn(program, args, {
    cwd: folder,
    env: { ...teamEnvironment(), SERVER_PORT: port, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const exited = once(child, 'close').then(([code]) => code as number | null);
  return { url: `http://127.0.0.1:${port}`, child, output: () => output, exited };
}

/** Runs a command in a team's folder and waits until the service listens. */
export async function started(...command: Parameters<typeof run>): Promise<TeamProcess> {
  const team = await run(...command);
  for (const end = Date.now() + 120_000; Date.now() < end && team.child.exitCode === null;) {
    const isAlive = await fetch(`${team.url}/health/live`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isAlive) return team;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`The service did not listen:\n${team.output()}`);
}
