/** The service with a low limit by address, as processes of its own, and clients of many addresses that ask it for tokens. */
import { expect } from '@jest/globals';

import { type ServiceProcess, spawnService, untilListening } from '../../support/built-service.js';

import { PASSWORD } from './redis.server.js';

export const LIMIT = 20;

const BODY = JSON.stringify({ roomName: 'Test Room', participantName: 'Alice' });

const running = new Set<ServiceProcess>();

/** Test clients name their address as a proxy would, so that one test can be many clients. */
export async function startService(REDIS_URL: string): Promise<ServiceProcess> {
  const service = await spawnService({
    REDIS_URL,
    RATE_LIMIT_PER_ADDRESS: String(LIMIT),
    TRUST_PROXY: 'loopback',
    LOG_FORMAT: 'json',
  });
  running.add(service);
  await untilListening(service);
  return service;
}

/** For `afterEach`: ends what the test has started, and looks through what was logged, whatever has happened. */
export function stopServices(): void {
  const outputs = [...running].map(({ output }) => output());
  for (const { child } of running) child.kill('SIGKILL');
  running.clear();
  for (const output of outputs) expect(output).not.toContain(PASSWORD);
}

export interface Answer {
  readonly status: number;
  readonly milliseconds: number;
}

export async function ask(service: ServiceProcess, address: string): Promise<Answer> {
  const begin = performance.now();
  const response = await fetch(`${service.url}/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
    body: BODY,
  });
  await response.text();
  return { status: response.status, milliseconds: performance.now() - begin };
}

/** Requests of five clients at the same time, from one address or each from another, until there are so many answers. */
export function run(
  service: ServiceProcess,
  addresses: string | ((request: number) => string),
  count: number,
  afterEachAnswer?: (answers: number) => void,
): Promise<Answer[]> {
  return runWhile((begun) => begun < count, service, addresses, afterEachAnswer);
}

export async function runWhile(
  goOn: (begun: number) => boolean,
  service: ServiceProcess,
  addresses: string | ((request: number) => string),
  afterEachAnswer?: (answers: number) => void,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  let begun = 0;
  const client = async (): Promise<void> => {
    while (goOn(begun)) {
      begun += 1;
      answers.push(await ask(service, typeof addresses === 'string' ? addresses : addresses(begun)));
      afterEachAnswer?.(answers.length);
    }
  };
  await Promise.all(Array.from({ length: 5 }, client));
  return answers;
}

export const newClient = (number: number): string => `2001:db8:0:${number.toString(16)}::1`;
export const granted = (answers: readonly Answer[]): number => answers.filter(({ status }) => status === 200).length;
export const statusesOf = (answers: readonly Answer[]): Set<number> => new Set(answers.map(({ status }) => status));
export const linesOf = (service: ServiceProcess, level: 'warn' | 'log'): string[] =>
  service
    .output()
    .split('\n')
    .filter((line) => line.includes('"context":"Redis"') && line.includes(`"level":"${level}"`));

/** Keeps asking, as new clients do, until the service says that it shares again. */
export async function untilBack(service: ServiceProcess): Promise<void> {
  const deadline = performance.now() + 30_000;
  for (let client = 1; linesOf(service, 'log').length === 0; client += 1) {
    if (performance.now() > deadline) throw new Error('Redis was not used again.');
    await ask(service, newClient(client));
  }
}

export async function expectShared(one: ServiceProcess, other: ServiceProcess, address: string): Promise<void> {
  const first = await run(one, address, LIMIT - 5);
  const second = await run(other, address, LIMIT - 5);
  expect([granted(first), granted(second)]).toEqual([LIMIT - 5, 5]);
}
