/** Bodies of JSON are read, and refused, as Express's own parser does it, however they come. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { gzipSync } from 'node:zlib';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import * as fc from 'fast-check';

import { jsonBody } from './json-body.js';

const LIMIT = 1_000;
const TYPES = [
  'application/json',
  'application/json; charset=utf-8',
  'application/json;charset=UTF-8',
  'application/JSON ; charset="latin1"',
  'application/json; charset=utf-16le',
  'application/json;',
  'application/json; no parameter',
  'application/json, text/plain',
  'application/jsonp',
  'application/ld+json',
  'text/json',
  'text/plain;charset=UTF-8',
  'nonsense',
];

const ours = jsonBody({ limit: LIMIT });
const theirs = express.json({ limit: LIMIT });

const context = new AsyncLocalStorage<string>();
/** What became of the requests, in the order in which they were sent. */
let found: unknown[];
let app: Express;
let server: ReturnType<Express['listen']>;

function use(reader: RequestHandler, before: RequestHandler = (_request, _response, next) => void next()): void {
  app.use(before);
  app.use((request, response, next) => {
    context.run('of this request', () => void reader(request, response, next));
  });
  app.use((request, response) => {
    found.push({ body: request.body as unknown, context: context.getStore() });
    response.end();
  });
  const failed: ErrorRequestHandler = (error: { status: number; type: string }, _request, response, _next) => {
    found.push({ status: error.status, type: error.type, context: context.getStore() });
    response.end();
  };
  app.use(failed);
}

beforeEach(async () => {
  found = [];
  app = express();
  server = app.listen(0);
  await once(server, 'listening');
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

/** Sends these pieces in packets of their own, each when the one before has been read, and waits for the end of the answer. */
async function send(...pieces: readonly (string | Buffer)[]): Promise<void> {
  const socket = connect((server.address() as AddressInfo).port);
  const [ofServer] = (await once(server, 'connection')) as [ReturnType<typeof connect>];
  // One that is refused before it is read may be cut off while it is sent.
  socket.on('error', () => undefined);
  const closed = new Promise((resolve) => socket.setNoDelay().resume().on('close', resolve));
  let sent = 0;
  const isRead = (): boolean => ofServer.bytesRead >= sent || ofServer.destroyed;
  for (const [index, piece] of pieces.entries()) {
    socket.write(piece);
    sent += Buffer.byteLength(piece);
    if (index === pieces.length - 1) break;
    while (!isRead()) await new Promise(setImmediate);
  }
  await closed;
}

const head = (...headers: readonly string[]): string =>
  ['POST / HTTP/1.1', 'Host: localhost', 'Connection: close', ...headers, '', ''].join('\r\n');

const headOf = (body: string | Buffer, type = 'application/json'): string =>
  head(`Content-Type: ${type}`, `Content-Length: ${Buffer.byteLength(body)}`);

/** In one packet, in one for the headers and one for the body, and with the body cut into two. */
async function sendEachWay(body: Buffer, type?: string): Promise<void> {
  await send(Buffer.concat([Buffer.from(headOf(body, type)), body]));
  await send(headOf(body, type), body);
  const cut = Math.floor(body.length / 2);
  await send(headOf(body, type), body.subarray(0, cut), body.subarray(cut));
}

async function both(ask: () => Promise<void>): Promise<readonly [ours: unknown[], theirs: unknown[]]> {
  use(ours);
  await ask();
  const ofOurs = found;
  found = [];
  const other = app;
  app = express();
  server.removeListener('request', other).on('request', app);
  use(theirs);
  await ask();
  return [ofOurs, found];
}

const STRANGE: Record<string, Buffer> = {
  'an object': Buffer.from('{"roomName":"Größe","participantName":"🎥"}'),
  'an array': Buffer.from(' \r\n\t[1, 2]'),
  'a byte order mark': Buffer.from('\ufeff{"a":1}'),
  'two byte order marks': Buffer.from('\ufeff\ufeff{"a":1}'),
  'a prototype': Buffer.from('{"__proto__":{"a":1},"constructor":{"prototype":1}}'),
  'bytes that are not UTF-8': Buffer.from([0x7b, 0x22, 0xff, 0xc0, 0x80, 0xe2, 0x82, 0x22, 0x3a, 0x31, 0x7d]),
  'a lone surrogate': Buffer.from('{"a":"\\ud800"}'),
  'half an object': Buffer.from('{"a":'),
  'text after the object': Buffer.from('{} {}'),
  'a string': Buffer.from('"a"'),
  null: Buffer.from('null'),
  'a number': Buffer.from('1'),
  'nothing but spaces': Buffer.from('   '),
  nothing: Buffer.alloc(0),
  'as much as is allowed': Buffer.from(JSON.stringify('x'.repeat(LIMIT - 6)).replace(/.*/, '{$&:1}')),
  'one byte more': Buffer.from(JSON.stringify('x'.repeat(LIMIT - 5)).replace(/.*/, '{$&:1}')),
};

describe('jsonBody', () => {
  it.each(Object.entries(STRANGE))('reads %s as the parser of Express', async (_what, body) => {
    const [ofOurs, ofTheirs] = await both(() => sendEachWay(body));
    expect(ofOurs).toHaveLength(3);
    expect(ofOurs).toEqual(ofTheirs);
    expect(ofOurs).toEqual(ofOurs.map(() => expect.objectContaining({ context: 'of this request' })));
  });

  it.each(TYPES)('reads and leaves what the parser of Express reads and leaves, for %s', async (type) => {
    const [ofOurs, ofTheirs] = await both(() => sendEachWay(Buffer.from('{"a":"ä"}'), type));
    expect(ofOurs).toHaveLength(3);
    expect(ofOurs).toEqual(ofTheirs);
  });

  it('reads what has no length, another encoding, or no body at all, as the parser of Express', async () => {
    const zipped = gzipSync('{"a":1}');
    const [ofOurs, ofTheirs] = await both(async () => {
      await send(`${head('Content-Type: application/json', 'Transfer-Encoding: chunked')}7\r\n{"a":1}\r\n0\r\n\r\n`);
      for (const encoding of ['gzip', 'identity', 'deflate', 'none']) {
        const headers = ['Content-Type: application/json', `Content-Length: ${zipped.length}`];
        await send(head(...headers, `Content-Encoding: ${encoding}`), zipped);
      }
      await send(head('Content-Type: application/json'));
      await send(head('Content-Length: 2'), '{}');
    });
    expect(ofOurs).toHaveLength(7);
    expect(ofOurs).toEqual(ofTheirs);
  });

  it('leaves alone what somebody else has read', async () => {
    use(ours, (request, _response, next) => {
      request.resume().on('end', next);
    });
    await send(headOf('{}'), '{}');
    expect(found).toEqual([{ body: undefined, context: 'of this request' }]);
  });

  it('never goes on with half a body', async () => {
    use(ours);
    const gone = new Promise((resolve) => {
      server.prependListener('request', (_request, response) => void response.on('close', resolve));
    });
    const socket = connect((server.address() as AddressInfo).port);
    socket.write(`${head('Content-Type: application/json', 'Content-Length: 20')}{"a":`);
    await once(server, 'request');
    socket.destroy();
    await gone;
    expect(found).toEqual([]);
  });

  it('reads any object that its length announces, wherever its bytes are cut', async () => {
    use(ours);
    const objects = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ stringUnit: 'grapheme' }), {
      maxKeys: 4,
    });
    await fc.assert(
      fc.asyncProperty(objects, fc.nat(), async (object, at) => {
        const body = Buffer.from(JSON.stringify(object));
        fc.pre(body.length <= LIMIT);
        await send(headOf(body), body.subarray(0, at % body.length), body.subarray(at % body.length));
        expect(found.pop()).toEqual({ body: JSON.parse(body.toString()) as unknown, context: 'of this request' });
      }),
      { numRuns: 100 },
    );
  });
});
