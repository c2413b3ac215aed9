/** What clients cannot do with a connection: hold memory, files or the process for longer than documented. */
import { once } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';
import { connect, type Server, type Socket } from 'node:net';

import { Controller, Get, Module, type OnApplicationBootstrap, Res, StreamableFile } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Response } from 'express';
import { Readable } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';

import { type RunningApp, startApp } from '../src/testing/start-app.js';
import { eventually } from '../src/testing/eventually.js';

/** More than the kernel buffers of both ends take. */
const LARGE = 32 * 1024 * 1024;

const open = { streams: 0 };
let requests = 0;

@Controller('team')
class TeamController {
  @Get('stream')
  stream(): StreamableFile {
    requests += 1;
    open.streams += 1;
    const stream = Readable.from(pieces());
    stream.once('close', () => (open.streams -= 1));
    return new StreamableFile(stream);
  }

  @Get('large')
  large(@Res() response: Response): void {
    requests += 1;
    response.end(Buffer.alloc(LARGE));
  }
}

function* pieces(): Generator<Buffer> {
  for (let sent = 0; sent < LARGE; sent += 65_536) yield Buffer.alloc(65_536);
}

@Module({ controllers: [TeamController] })
class TeamModule {}

/** A team's own WebSocket route. */
@Module({})
class WebSocketModule implements OnApplicationBootstrap {
  sockets: WebSocketServer | undefined;

  constructor(private readonly host: HttpAdapterHost) {}

  onApplicationBootstrap(): void {
    this.sockets = new WebSocketServer({
      server: this.host.httpAdapter.getHttpServer() as never,
      path: '/team/socket',
    });
  }
}

let service: RunningApp;
const stop = (): Promise<void> => service.close();

async function connected(): Promise<Socket> {
  const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

const connections = (): Promise<number> =>
  new Promise((resolve) => {
    (service.app.getHttpServer() as Server).getConnections((_error, count) => resolve(count));
  });

const request = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;

const headOf = (length: number, type = 'application/json'): string =>
  `POST /token HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n`;

/** Of this process, by their name. */
function openFiles(name: string): number {
  return readdirSync('/proc/self/fd').filter((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`).endsWith(name);
    } catch {
      // It was closed meanwhile.
      return false;
    }
  }).length;
}

/** Sends raw bytes, and returns all that is answered until the server closes or the first response is whole. */
async function answerTo(head: string, body: Buffer | string = ''): Promise<string> {
  const socket = await connected();
  socket.write(head.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
  socket.write(body);
  let answer = '';
  for await (const chunk of socket.setEncoding('utf8')) answer += String(chunk);
  return answer;
}

describe('a client that does not read its response', () => {
  afterEach(stop);

  it.each(['/team/stream', '/team/large'])('is disconnected: %s', async (path) => {
    service = await startApp({}, { modules: [TeamModule] }, { inactivityTimeout: 300 });
    const socket = (await connected()).pause();
    const before = requests;
    socket.write(request(path));
    await eventually(() => requests > before);
    await eventually(async () => (await connections()) === 0);
    await eventually(() => open.streams === 0);
    socket.destroy();
  });

  it('may be slow, as long as it reads', async () => {
    // A busy machine may hold up this process, and so the client.
    service = await startApp({}, { modules: [TeamModule] }, { inactivityTimeout: 2_000 });
    const response = await fetch(`${service.url}/team/stream`);
    let read = 0;
    for await (const chunk of response.body ?? []) read += (chunk as Uint8Array).length;
    expect(read).toBe(LARGE);
  });
});

describe('pipelined requests', () => {
  afterEach(stop);

  it('are answered in order, as far as they are few', async () => {
    service = await startApp();
    const socket = await connected();
    socket.write(request('/health/live').repeat(10));
    let answers = '';
    socket.setEncoding('utf8').on('data', (text: string) => (answers += text));
    await eventually(() => answers.split('HTTP/1.1 200').length === 11);
    socket.destroy();
  });

  it('close the connection where they are many, and open no more streams', async () => {
    service = await startApp({}, { modules: [TeamModule] });
    const socket = (await connected()).pause();
    socket.write(request('/team/stream').repeat(1_200));
    await once(socket.resume(), 'close');
    expect(open.streams).toBeLessThanOrEqual(1);
    await eventually(() => open.streams === 0);
  });

  it.each([16, 1_200])('of a file that %d responses do not deliver open few files, and are cut off', async (count) => {
    service = await startApp({}, {}, { inactivityTimeout: 500 });
    const arrived = once(service.app.getHttpServer() as Server, 'connection');
    const socket = (await connected()).pause();
    await arrived;
    socket.write(request('/docs/swagger-ui-bundle.js').repeat(count));
    let mostOpen = 0;
    await eventually(async () => {
      mostOpen = Math.max(mostOpen, openFiles('swagger-ui-bundle.js'));
      return (await connections()) === 0;
    });
    expect(mostOpen).toBeLessThanOrEqual(1);
    await eventually(() => openFiles('swagger-ui-bundle.js') === 0);
    socket.destroy();
  });

  it('does not count requests that come one after the other', async () => {
    service = await startApp();
    const socket = (await connected()).setEncoding('utf8');
    for (let sent = 0; sent < 50; sent += 1) {
      socket.write(request('/health/live'));
      expect((await once(socket, 'data'))[0]).toContain('200 OK');
    }
    socket.destroy();
  });
});

describe('a body', () => {
  afterEach(stop);

  it('of a byte a packet is not read to its end, on any of 40 connections', async () => {
    service = await startApp();
    const dribble = async (): Promise<number> => {
      const socket = (await connected()).setNoDelay();
      socket.write(headOf(100_000));
      const closed = once(socket.resume(), 'close');
      let sent = 0;
      for (; sent < 50_000 && !socket.destroyed; sent += 1) {
        socket.write(' ');
        // Each byte in a packet of its own.
        await new Promise((resolve) => setImmediate(resolve));
      }
      await closed;
      return sent;
    };
    const sent = await Promise.all(Array.from({ length: 40 }, dribble));
    expect(Math.max(...sent)).toBeLessThan(20_000);
  });

  it('may come in as many pieces as a bad line makes of it', async () => {
    service = await startApp();
    const socket = (await connected()).setNoDelay().setEncoding('utf8');
    const body = JSON.stringify({ roomName: 'r', participantName: 'A', filler: 'x'.repeat(300) });
    socket.write(headOf(body.length));
    for (const letter of body) {
      socket.write(letter);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await once(socket, 'data'))[0]).toContain('HTTP/1.1 200');
    socket.destroy();
  });
});

describe('the text of a body', () => {
  beforeAll(async () => {
    service = await startApp();
  });
  afterAll(stop);

  const BODY = JSON.stringify({ roomName: 'ä', participantName: 'A' });

  it.each([
    [
      'invalid bytes',
      Buffer.from([...Buffer.from('{"roomName":"'), 0xff, 0xfe, ...Buffer.from('","participantName":"A"}')]),
      undefined,
      400,
    ],
    [
      'a surrogate in UTF-8',
      Buffer.from([...Buffer.from('{"roomName":"'), 0xed, 0xa0, 0x80, ...Buffer.from('","participantName":"A"}')]),
      undefined,
      400,
    ],
    ['UTF-16', Buffer.from(BODY, 'utf16le'), 'application/json; charset=utf-16', 415],
    ['UTF-16LE', Buffer.from(BODY, 'utf16le'), 'application/json; charset=utf-16le', 415],
    ['UTF-7', Buffer.from('{"roomName":"+AOQ-","participantName":"A"}'), 'application/json; charset=utf-7', 415],
    ['UTF-8, said so', Buffer.from(BODY), 'application/json; charset=UTF-8', 200],
    ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${BODY}`), undefined, 200],
  ])('is read as UTF-8: %s', async (_what, body, type, status) => {
    expect(await answerTo(headOf(body.length, type), body)).toContain(`HTTP/1.1 ${status} `);
  });
});

describe('request targets', () => {
  afterEach(stop);

  const post = (target: string): string => {
    const body = JSON.stringify({ roomName: 'r', participantName: 'A' });
    return `POST ${target} HTTP/1.1\r\nHost: x\r\nX-Request-Id: target\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  };

  it('may be absolute', async () => {
    service = await startApp();
    for (const target of ['http://any.example/token', 'HTTPS://any.example:8443/token?query']) {
      expect([target, await answerTo(post(target))]).toEqual([target, expect.stringContaining('HTTP/1.1 200 ')]);
    }
  });

  it.each(['http://[x/token', 'http://', 'ftp://any.example/token'])(
    'that are invalid are a problem as any other: %s',
    async (target) => {
      service = await startApp({ METRICS_TOKEN: 'a-token-of-metrics' });
      const answer = await answerTo(post(target));
      expect(answer).toMatch(/^HTTP\/1\.1 404 /);
      expect(answer.toLowerCase()).toContain('content-type: application/problem+json');
      expect(answer.toLowerCase()).toContain('x-request-id: target');
      expect(answer.toLowerCase()).toContain('x-content-type-options: nosniff');
      expect(answer).toContain('"code":"NOT_FOUND"');
      const metrics = await fetch(`${service.url}/metrics`, {
        headers: { authorization: 'Bearer a-token-of-metrics' },
      });
      expect(await metrics.text()).toMatch(/_count\{method="POST",route="none",status="404"\} 1/);
    },
  );
});

describe('a stop', () => {
  afterEach(stop);

  it('closes WebSockets of a team at the end of the drain timeout', async () => {
    service = await startApp({}, { modules: [WebSocketModule] }, { drainTimeout: 300 });
    const socket = new WebSocket(`${service.url.replace('http', 'ws')}/team/socket`);
    await once(socket, 'open');
    const closed = once(socket, 'close');
    await service.close();
    await closed;
  });
});
