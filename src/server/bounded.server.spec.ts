/** A connection is held by requests that arrive and answers that are taken, not by clients that let either wait. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { BoundedServer } from './bounded.server.js';

const LOOK_MS = 20;
const HEADERS_MS = 250;
const REQUEST_MS = 750;
/** An idle connection is kept for both. */
const KEEP_ALIVE_MS = 300;
const BUFFER_MS = 100;
const KEPT_MS = KEEP_ALIVE_MS + BUFFER_MS;
const LONGER_THAN_ALL_MS = 1_000;
/** How long a stop leaves idle connections open, and those that wait. */
const GRACE_MS = 100;
const DRAIN_MS = 10_000;
/** How much may go by between a bound and the cut, on a machine that has other things to do. */
const LATE_MS = 500;
/** Timers of Node count in whole milliseconds. */
const EARLY_MS = 2;
const MORE_THAN_THE_KERNEL_TAKES = 'x'.repeat(64 * 2 ** 20);

let server: BoundedServer;
let held: ServerResponse[];
const opened: Socket[] = [];

beforeEach(async () => {
  server = new BoundedServer({
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveTimeoutBuffer: BUFFER_MS,
    headersTimeout: HEADERS_MS,
    requestTimeout: REQUEST_MS,
    connectionsCheckingInterval: LOOK_MS,
  });
  held = [];
  server.on('request', answer);
  server.listen(0);
  await once(server, 'listening');
});

afterEach(() => {
  for (const socket of opened.splice(0)) socket.destroy();
  server.close();
});

function answer(request: IncomingMessage, response: ServerResponse): void {
  if (request.url === '/held') held.push(response);
  else if (request.url === '/begun') response.write('begun');
  else if (request.url === '/large') response.end(MORE_THAN_THE_KERNEL_TAKES);
  else if (request.method === 'GET') response.end('here');
  else request.resume().on('end', () => response.end('whole'));
}

async function open(): Promise<Socket> {
  const socket = connect((server.address() as AddressInfo).port).on('error', () => undefined);
  opened.push(socket);
  await once(socket, 'connect');
  return socket;
}

const get = (path: string, headers = ''): string => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`;

async function ask(socket: Socket, path: string, headers = ''): Promise<string> {
  socket.write(get(path, headers));
  const [data] = (await once(socket, 'data')) as [Buffer];
  return data.toString('latin1');
}

/** What comes until the connection is closed, and how long that takes. */
async function untilClosed(socket: Socket): Promise<{ text: string; took: number }> {
  const since = performance.now();
  let text = '';
  socket.on('data', (data: Buffer) => (text += data.toString('latin1'))).resume();
  await once(socket, 'close');
  return { text, took: performance.now() - since };
}

/** Sends a little at a time, for as long as the connection stands. */
function trickle(socket: Socket, piece: string): void {
  const pieces = setInterval(() => socket.write(piece), LOOK_MS / 2);
  socket.once('close', () => clearInterval(pieces));
}

async function expectTimeout(socket: Socket, bound: number): Promise<void> {
  const { text, took } = await untilClosed(socket);
  expect(text).toMatch(/^HTTP\/1\.1 408 /);
  expectAfter(bound, took);
}

function expectAfter(bound: number, took: number): void {
  expect(took).toBeGreaterThanOrEqual(bound - EARLY_MS);
  expect(took).toBeLessThan(bound + LATE_MS);
}

describe('a client that sends its request too slowly', () => {
  it('is cut off when it has sent nothing at all', async () => {
    await expectTimeout(await open(), HEADERS_MS - LOOK_MS);
  });

  it('is cut off in its headers, however steadily they come', async () => {
    const socket = await open();
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n');
    trickle(socket, 'x: y\r\n');
    await expectTimeout(socket, HEADERS_MS - LOOK_MS);
  });

  it('is cut off in the headers of a later request', async () => {
    const socket = await open();
    expect(await ask(socket, '/')).toMatch(/^HTTP\/1\.1 200 /);
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n');
    trickle(socket, 'x: y\r\n');
    await expectTimeout(socket, HEADERS_MS);
  });

  it('is cut off when a later request stops in its headers', async () => {
    const socket = await open();
    await ask(socket, '/');
    await passes(2 * LOOK_MS);
    socket.write('GET / HT');
    await expectTimeout(socket, HEADERS_MS);
  });

  it('has longer for a body, and is cut off in it', async () => {
    const socket = await open();
    socket.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n');
    trickle(socket, 'x');
    await expectTimeout(socket, REQUEST_MS - LOOK_MS);
  });

  it('is served when its body is whole before that', async () => {
    const socket = await open();
    socket.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nx');
    await passes(2 * HEADERS_MS);
    socket.write('y');
    const [data] = (await once(socket, 'data')) as [Buffer];
    expect(data.toString()).toMatch(/^HTTP\/1\.1 200 [^]*whole$/);
  });

  it('hears nothing more of an answer that has begun', async () => {
    const socket = await open();
    socket.write('POST /begun HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n');
    trickle(socket, '1\r\nx\r\n');
    const { text, took } = await untilClosed(socket);
    expect(text).toMatch(/^HTTP\/1\.1 200 [^]*begun\r\n$/);
    expectAfter(REQUEST_MS - LOOK_MS, took);
  });

  it('is cut off when it sends on what was answered already', async () => {
    const socket = await open();
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n');
    trickle(socket, '1\r\nx\r\n');
    const { text, took } = await untilClosed(socket);
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(took).toBeLessThan(REQUEST_MS + LATE_MS);
  });

  it('has the time that is set on the server, or any if that is none', async () => {
    server.headersTimeout = 0;
    const socket = await open();
    await passes(2 * HEADERS_MS);
    expect(await ask(socket, '/')).toMatch(/^HTTP\/1\.1 200 /);
    server.headersTimeout = HEADERS_MS / 2;
    const { took } = await untilClosed(await open());
    expect(took).toBeLessThan(HEADERS_MS / 2 + LATE_MS);
  });

  it('is left to who listens for errors of clients', async () => {
    const told = once(server, 'clientError');
    const socket = await open();
    const [error, theirs] = (await told) as [NodeJS.ErrnoException, Socket];
    expect(error.code).toBe('ERR_HTTP_REQUEST_TIMEOUT');
    theirs.end('told by them');
    expect((await untilClosed(socket)).text).toBe('told by them');
  });
});

describe('a client that sends request after request', () => {
  it('is not taken for one that never finishes', async () => {
    const socket = await open();
    const until = performance.now() + LONGER_THAN_ALL_MS;
    while (performance.now() < until) expect(await ask(socket, '/')).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('may be amid a request whenever one looks', async () => {
    const socket = await open();
    const head = 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nx';
    socket.write(head);
    const until = performance.now() + LONGER_THAN_ALL_MS;
    while (performance.now() < until) {
      await passes(REQUEST_MS / 3);
      socket.write(`y${head}`);
      expect(String(await once(socket, 'data'))).toMatch(/^HTTP\/1\.1 200 [^]*whole$/);
    }
  });

  it('may send more while the answer to the first is awaited', async () => {
    const socket = await open();
    socket.write(get('/held') + get('/held') + get('/'));
    await passes(LONGER_THAN_ALL_MS);
    const answers = untilClosed(socket);
    for (let answered = 0; answered < 2; answered++) {
      held[answered]?.end('late');
      await passes(2 * LOOK_MS);
    }
    const { text } = await answers;
    expect(text.match(/late|here/g)).toEqual(['late', 'late', 'here']);
  });
});

describe('an idle connection', () => {
  it('is kept for its time after the last answer', async () => {
    const socket = await open();
    await ask(socket, '/');
    await passes(KEPT_MS / 2);
    await ask(socket, '/');
    const { text, took } = await untilClosed(socket);
    expect(text).toBe('');
    expectAfter(KEPT_MS, took);
  });

  it('is told nothing of it where it is not kept', async () => {
    const text = await ask(await open(), '/', 'Connection: close\r\n');
    expect(text).toMatch(/^Connection: close\r$/m);
    expect(text).not.toMatch(/^Keep-Alive/m);
  });

  it('is promised to its client for 65 s, longer than load balancers keep one, where nobody says otherwise', async () => {
    server.close();
    server = new BoundedServer({}).on('request', answer).listen(0) as BoundedServer;
    expect(await ask(await open(), '/')).toMatch(/^Keep-Alive: timeout=65\r$/m);
  });
});

describe('an answer', () => {
  it('is waited for beyond every bound', async () => {
    const socket = await open();
    const answered = ask(socket, '/held');
    await passes(LONGER_THAN_ALL_MS);
    for (const response of held) response.end('late');
    expect(await answered).toMatch(/^HTTP\/1\.1 200 [^]*late$/);
  });

  it('whose client takes nothing of it for that time is given up', async () => {
    const socket = await open();
    socket.pause().write(get('/large'));
    const [, response] = (await once(server, 'request')) as [unknown, ServerResponse];
    await once(response, 'close');
    const { text } = await untilClosed(socket);
    expect(text.length).toBeLessThan(MORE_THAN_THE_KERNEL_TAKES.length);
  });

  it('may be taken slowly, and the next one waited for', async () => {
    const socket = await open();
    const until = performance.now() + LONGER_THAN_ALL_MS;
    socket.write(get('/large'));
    let taken = 0;
    await new Promise<void>((resolve) => {
      socket.on('data', (data: Buffer) => {
        taken += data.length;
        if (taken > MORE_THAN_THE_KERNEL_TAKES.length) resolve();
        if (performance.now() > until) return;
        socket.pause();
        // Often enough for the kernel to make room for more in each KEPT_MS.
        setTimeout(() => socket.resume(), 4);
      });
    });
    expect(performance.now()).toBeGreaterThan(until);
    await passes((HEADERS_MS + KEPT_MS) / 2);
    const answered = ask(socket, '/held');
    await passes(LONGER_THAN_ALL_MS);
    for (const response of held) response.end('late');
    expect(await answered).toMatch(/^HTTP\/1\.1 200 [^]*late$/);
  });
});

describe('a connection that somebody took over', () => {
  it.each([
    ['upgrade', get('/', 'Connection: Upgrade\r\nUpgrade: echo\r\n'), 'Switching Protocols'],
    ['connect', 'CONNECT there:1 HTTP/1.1\r\nHost: there:1\r\n\r\n', 'Connection Established'],
  ])('is theirs after %s', async (event, request, reason) => {
    server.on(event, (_request, taken: Socket) => {
      taken.write(`HTTP/1.1 200 ${reason}\r\n\r\n`);
      taken.on('data', (data) => taken.write(data));
    });
    const socket = await open();
    socket.write(request);
    await once(socket, 'data');
    socket.write('an unfinished ');
    await once(socket, 'data');
    await passes(LONGER_THAN_ALL_MS);
    socket.write('thing');
    expect(String(await once(socket, 'data'))).toBe('thing');
    server.closeAllConnections();
    await passes(2 * LOOK_MS);
    expect(socket.readableEnded).toBe(false);
  });

  it('is refused, or answered, as long as nobody would', async () => {
    expect(await ask(await open(), '/', 'Connection: Upgrade\r\nUpgrade: echo\r\n')).toMatch(/^HTTP\/1\.1 200 /);
    const socket = await open();
    socket.write('CONNECT there:1 HTTP/1.1\r\nHost: there:1\r\n\r\n');
    expect((await untilClosed(socket)).text).toBe('');
  });
});

describe('a stop', () => {
  it('closes what is idle, and waits for what is not', async () => {
    const [idle, silent, waiting, sending] = [await open(), await open(), await open(), await open()];
    await ask(idle, '/');
    await ask(sending, '/');
    await passes(2 * LOOK_MS);
    waiting.write(get('/held'));
    sending.write('GET / HTTP/1.1\r\nHost: ');
    await once(server, 'request');
    server.windDown();
    const drained = server.drain();
    const left = await Promise.all([idle, silent].map(untilClosed));
    expect(left.map(({ text }) => text)).toEqual(['', '']);
    sending.write('localhost\r\n\r\n');
    for (const response of held) response.end('late');
    const answers = await Promise.all([waiting, sending].map(untilClosed));
    expect(answers.map(({ text }) => /^Connection: close\r$/m.test(text) && /late|here/.exec(text)?.[0])).toEqual([
      'late',
      'here',
    ]);
    await drained;
  });

  it('still answers what comes on an idle connection in the moment after', async () => {
    const socket = await open();
    await ask(socket, '/');
    server.windDown();
    const drained = server.drain();
    await passes(GRACE_MS / 2);
    expect(await ask(socket, '/')).toMatch(/^HTTP\/1\.1 200 [^]*^Connection: close\r$/m);
    await drained;
  });

  it('cuts what is not answered after its time', async () => {
    const socket = await open();
    socket.write(get('/held'));
    await once(server, 'request');
    server.windDown();
    const [{ took }] = await Promise.all([untilClosed(socket), server.drain()]);
    expectAfter(DRAIN_MS, took);
  }, 15_000);

  it('is over at once where nothing listens', async () => {
    await new BoundedServer({}).drain();
  });
});

it('does without what Node would do for connections with every request', () => {
  const lists = Object.getOwnPropertySymbols(server).filter(({ description }) => description?.endsWith('connections'));
  expect(lists.filter((list) => server[list as never] !== undefined)).toEqual([]);
  // Where Node has them, it puts them here once it listens.
  expect(server.listenerCount('listening')).toBe(1);
  expect(server.keepAliveTimeout).toBe(0);
});

/** Until the server has had so long to look at its connections; its looks and this are timers of one kind. */
const passes = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));
