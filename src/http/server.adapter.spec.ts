/** Connections where nothing moves are closed after their time; not those that wait for an answer, or were taken over. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Express, Response } from 'express';

import { ServerAdapter } from './server.adapter.js';

const TOLD_SECONDS = 65;
/** Instead of the minute, for the tests. */
const IDLE_MS = 200;

let adapter: ServerAdapter;
let server: Server;
let app: Express;
const opened: Socket[] = [];

beforeEach(async () => {
  adapter = new ServerAdapter();
  adapter.initHttpServer();
  server = adapter.getHttpServer() as Server;
  app = adapter.getInstance<Express>();
  app.get('/', (_request, response) => void response.send('here'));
  server.listen(0);
  await once(server, 'listening');
});

afterEach(() => {
  for (const socket of opened.splice(0)) socket.destroy();
  server.close();
});

async function open(): Promise<Socket> {
  const socket = connect((server.address() as AddressInfo).port);
  opened.push(socket);
  await once(socket, 'connect');
  return socket;
}

async function ask(socket: Socket, path: string, headers = ''): Promise<string> {
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  return answer.toString('latin1');
}

/** Reads what comes, without which a socket never hears of its end. */
const untilClosed = (socket: Socket): Promise<unknown> => once(socket.resume(), 'close');

describe('an idle connection', () => {
  it('is kept for a second longer than its client is told', async () => {
    expect(await ask(await open(), '/')).toMatch(new RegExp(`^Keep-Alive: timeout=${TOLD_SECONDS}\r$`, 'm'));
    expect(server.timeout).toBe((TOLD_SECONDS + 1) * 1_000);
  });

  it('is told nothing of it where it is not kept', async () => {
    const answer = await ask(await open(), '/', 'Connection: close\r\n');
    expect(answer).toMatch(/^Connection: close\r$/m);
    expect(answer).not.toMatch(/^Keep-Alive/m);
  });

  it('is closed after its time, counted from the last answer', async () => {
    server.setTimeout(IDLE_MS);
    const socket = await open();
    await ask(socket, '/');
    await ask(socket, '/');
    const since = performance.now();
    await untilClosed(socket);
    // Timers of Node count in whole milliseconds.
    expect(performance.now() - since).toBeGreaterThan(IDLE_MS - 2);
  });
});

describe('a connection that is not idle', () => {
  it('waits for its answer beyond the time, and is closed a time after that', async () => {
    server.setTimeout(IDLE_MS);
    const held: Response[] = [];
    app.get('/slow', (_request, response) => void held.push(response));
    const socket = await open();
    const answered = ask(socket, '/slow');
    await once(server, 'timeout');
    for (const response of held) response.send('late');
    expect(await answered).toMatch(/^HTTP\/1\.1 200 /);
    await untilClosed(socket);
  });

  it('is closed where its client takes nothing of an answer for that time', async () => {
    server.setTimeout(IDLE_MS);
    const moreThanTheKernelTakes = 'x'.repeat(64 * 2 ** 20);
    app.get('/large', (_request, response) => void response.end(moreThanTheKernelTakes));
    const socket = await open();
    socket.pause().write('GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const [, response] = (await once(server, 'request')) as [unknown, Response];
    await once(response, 'close');
    await untilClosed(socket);
    expect(socket.bytesRead).toBeLessThan(moreThanTheKernelTakes.length);
  });

  it('is left to whoever took it over', async () => {
    server.setTimeout(IDLE_MS);
    server.on('upgrade', (_request, taken) => {
      taken.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n');
      taken.pipe(taken);
    });
    const socket = await open();
    await ask(socket, '/', 'Connection: Upgrade\r\nUpgrade: echo\r\n');
    const idle = await open();
    await ask(idle, '/');
    await untilClosed(idle);
    socket.write('still here');
    expect(String(await once(socket, 'data'))).toBe('still here');
  });
});
