/** A stop under load loses nothing that was accepted: readiness turns red first, tokens are still given, then the rest is answered. */
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';

import { afterEach, expect, it } from '@jest/globals';

import { type ServiceProcess, spawnService, untilListening } from './support/built-service.js';

const BODY = JSON.stringify({ roomName: 'Test Room', participantName: 'Alice' });
const CLIENTS = 40;
const ENOUGH_BEFORE_THE_STOP = 2_000;
const ENOUGH_DURING_THE_DELAY = 200;
/** For so long after the signal, in milliseconds, requests are accepted on every connection; see docs/operations.md. */
const GRACE = 100;

interface Answer {
  readonly status: number;
  readonly complete: boolean;
  /** Whether the server wants the connection closed. */
  readonly last: boolean;
}

/** A request that the server closed the connection for. */
class LostRequest extends Error {
  constructor(
    /** When the operating system had all of it, on the clock of `performance`; `undefined` if it never had. */
    readonly sentAt: number | undefined,
    cause: unknown,
  ) {
    super('A request was lost.', { cause });
  }
}

let service: ServiceProcess;
afterEach(() => void service.child.kill('SIGKILL'));

/** Rejects when the request is lost: whatever becomes of it but a whole answer. */
async function ask(agent: Agent): Promise<Answer> {
  const headers = { 'content-type': 'application/json', 'content-length': BODY.length };
  let sentAt: number | undefined;
  const sent = request(`${service.url}/token`, { method: 'POST', agent, headers }).end(BODY);
  sent.once('finish', () => (sentAt = performance.now()));
  const [response] = (await once(sent, 'response').catch((error: unknown) => {
    throw new LostRequest(sentAt, error);
  })) as [IncomingMessage];
  const complete = (await text(response)).startsWith('"eyJ');
  return { status: response.statusCode ?? 0, complete, last: response.headers.connection === 'close' };
}

/** Sends one request after the other on a connection of its own, while `goOn` says so. */
async function client(goOn: (answer: Answer) => boolean): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    while (goOn(await ask(agent)));
  } finally {
    agent.destroy();
  }
}

const load = (goOn: (answer: Answer) => boolean): Promise<unknown> =>
  Promise.all(Array.from({ length: CLIENTS }, () => client(goOn)));

/** As a load balancer would, which then sends nothing more here. */
async function untilRed(): Promise<void> {
  while ((await fetch(`${service.url}/health/ready`)).status === 200);
}

it('answers every request that its clients sent before they could know', async () => {
  service = await spawnService();
  await untilListening(service);
  const answers: Answer[] = [];
  let stoppedAt = Infinity;
  const goOn = (answer: Answer): boolean => {
    if (answers.push(answer) === ENOUGH_BEFORE_THE_STOP) {
      stoppedAt = performance.now();
      service.child.kill('SIGTERM');
    }
    return !answer.last;
  };
  const ends = await Promise.allSettled(Array.from({ length: CLIENTS }, () => client(goOn)));
  const lost = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
  // A busy machine may keep this process waiting for longer than the grace, after which a client can know that its connection is closed.
  const tooLate = lost.filter(
    (error) => error instanceof LostRequest && (error.sentAt ?? Infinity) > stoppedAt + GRACE,
  );
  expect(lost).toEqual(tooLate);
  expect(answers.length + tooLate.length).toBeGreaterThanOrEqual(ENOUGH_BEFORE_THE_STOP + CLIENTS - 1);
  expect(answers.filter(({ status, complete }) => status !== 200 || !complete)).toEqual([]);
  expect(await service.exited).toBe(0);
});

it('serves on through SHUTDOWN_DELAY, with readiness red, until nobody sends any more', async () => {
  service = await spawnService({ SHUTDOWN_DELAY: '5s', LOG_FORMAT: 'json' });
  await untilListening(service);
  const answers: Answer[] = [];
  let red = 0;
  await load((answer) => {
    if (answers.push(answer) === ENOUGH_BEFORE_THE_STOP) {
      service.child.kill('SIGTERM');
      void untilRed().then(() => {
        red = answers.length;
        return red;
      });
    }
    return red === 0 || answers.length < red + ENOUGH_DURING_THE_DELAY;
  });
  expect(red).toBeGreaterThan(0);
  expect(answers.filter(({ status, complete }) => status !== 200 || !complete)).toEqual([]);
  // Connections wind down meanwhile: each answer asks for another one.
  expect(answers.slice(red + CLIENTS).filter(({ last }) => !last)).toEqual([]);

  const readiness = await fetch(`${service.url}/health/ready`);
  expect([readiness.status, await readiness.json()]).toMatchObject([503, { status: 'shutting_down' }]);
  expect((await fetch(`${service.url}/health/live`)).status).toBe(200);
  expect(await service.exited).toBe(0);
  await expect(fetch(`${service.url}/health/live`)).rejects.toThrow('fetch failed');
  // A stop is no failure, and neither is a red probe.
  expect(service.output()).not.toContain('"level":"error"');
});
