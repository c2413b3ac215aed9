/** The process starts loudly or not at all, and stops without losing what it has accepted. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { freePort, type ServiceProcess, spawnService, untilListening } from './support/built-service.js';
import { eventually } from '../src/testing/eventually.js';
import { parseMetrics, valueOf } from './support/metrics.js';
import { temporaryFile } from './support/temporary-file.js';
import { verifyToken } from '../src/testing/livekit-token.js';

const BODY = JSON.stringify({ roomName: 'Test Room', participantName: 'Alice' });
const HEAD = `POST /token HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n`;

let service: ServiceProcess;

async function start(): Promise<void> {
  service = await spawnService();
  await untilListening(service);
}

async function open(): Promise<Socket> {
  const socket = connect(Number(new URL(service.url).port), '127.0.0.1').setEncoding('utf8');
  await once(socket, 'connect');
  return socket;
}

describe('the process without any setting', () => {
  beforeAll(start);
  afterAll(() => void service.child.kill('SIGKILL'));

  // First: what others load would be memory that this one finds free.
  it('takes little memory for 40 bodies of 100 kB that arrive one byte a packet', async () => {
    const memory = async (): Promise<number> => {
      const metrics = parseMetrics(await (await fetch(`${service.url}/metrics`)).text());
      return valueOf(metrics, 'process_resident_memory_bytes') ?? NaN;
    };
    const before = await memory();
    const probe = await open();
    const senders = await Promise.all(Array.from({ length: 40 }, open));
    for (const sender of senders) {
      sender.setNoDelay().on('error', () => undefined);
      sender.write(HEAD.replace(/Length: \d+/, 'Length: 100000'));
    }
    // Enough for 350 bytes of memory a packet to take 140 MB.
    for (let packets = 0; packets < 10_000 && senders.some(({ destroyed }) => !destroyed); packets += 1) {
      for (const sender of senders) sender.write(' ');
      // The next bytes come in packets of their own: the service has read these when it responds.
      probe.write('GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n');
      await once(probe, 'data');
    }
    expect((await memory()) - before).toBeLessThan(80_000_000);
  }, 240_000);

  it('answers a token', async () => {
    const response = await fetch(`${service.url}/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: BODY,
    });
    expect(response.status).toBe(200);
    expect((await verifyToken((await response.json()) as string)).sub).toBe('Alice');
  });

  it('describes itself as openapi.json does, which is made from other compiled code', async () => {
    const committed = readFileSync(join(import.meta.dirname, '../openapi.json'), 'utf8');
    expect(await (await fetch(`${service.url}/docs-json`)).json()).toEqual(JSON.parse(committed));
  });

  it('does not start a second time on its port', async () => {
    const second = await spawnService({ SERVER_PORT: new URL(service.url).port });
    expect(await second.exited).toBe(1);
    expect(second.output()).toMatch(/did not start.*EADDRINUSE.*SERVER_PORT/);
    expect(second.output()).not.toMatch(/\n\s+at /);
  });
});

describe('the process', () => {
  afterEach(() => void service.child.kill('SIGKILL'));

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'on %s finishes what is in flight and exits 0, idle clients or not',
    async (signal) => {
      await start();
      const idle = await open();
      const inFlight = await open();
      let answer = '';
      inFlight.on('data', (chunk: string) => {
        answer += chunk;
      });
      // The head has arrived when the second, complete request behind another socket has been answered.
      inFlight.write(HEAD);
      await fetch(`${service.url}/health/live`);
      service.child.kill(signal);
      await once(idle, 'close');
      inFlight.write(BODY);
      await once(inFlight, 'close');

      expect(answer).toMatch(/^HTTP\/1\.1 200 OK/);
      expect(answer).toMatch(/Connection: close/i);
      expect(await service.exited).toBe(0);
    },
  );

  it('does not start with a wrong environment: exit code 1, every error by variable, no value', async () => {
    service = await spawnService({ NODE_ENV: 'production', TOKEN_TTL: 'hunter2', LIVEKIT_API_SECRET: 'hunter3' });
    expect(await service.exited).toBe(1);
    const output = service.output();
    for (const name of ['TOKEN_TTL', 'LIVEKIT_API_KEY', 'AUTH_MODE']) expect(output).toContain(`- ${name} must`);
    expect(output).not.toMatch(/hunter/);
    expect(output).not.toMatch(/\n\s+at /);
  });

  it('does not start with invalid join rules, whatever it is connected to: exit code 1 at once, and the reason last', async () => {
    const redis = createServer((socket) => {
      socket.on('data', () => socket.write('+OK\r\n')).on('error', () => undefined);
    }).listen(0, '127.0.0.1');
    await once(redis, 'listening');
    /** The time from the reason to the end, in milliseconds. */
    const startInVain = async (): Promise<number> => {
      const connected = once(redis, 'connection') as Promise<[Socket]>;
      service = await spawnService({
        REDIS_URL: `redis://127.0.0.1:${(redis.address() as AddressInfo).port}`,
        JOIN_RULES_FILE: temporaryFile('rules: no list').path,
      });
      const failed = eventually(() => service.output().includes('did not start')).then(() => performance.now());
      expect(await service.exited).toBe(1);
      const took = performance.now() - (await failed);
      const [socket] = await connected;
      socket.destroy();
      expect(service.output()).toMatch(/The service did not start.*\n  - JOIN_RULES_FILE.*\n$/);
      return took;
    };
    try {
      let took = await startInVain();
      // A busy machine may hold up a process for a second, hardly three of them.
      for (let again = 0; again < 2 && took >= 1_000; again += 1) took = await startInVain();
      expect(took).toBeLessThan(1_000);
    } finally {
      redis.close();
    }
  });

  it('writes the reason after the lines that were logged just before', async () => {
    service = await spawnService({
      REDIS_URL: `redis://127.0.0.1:${await freePort()}`,
      JOIN_RULES_FILE: temporaryFile('rules: no list').path,
    });
    expect(await service.exited).toBe(1);
    expect(service.output()).toMatch(/Redis is unavailable[^]*The service did not start.*\n  - JOIN_RULES_FILE.*\n$/);
  });
});
