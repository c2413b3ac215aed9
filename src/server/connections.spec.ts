import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

import { expect, it } from '@jest/globals';

import { Connections } from './connections.js';

it('answers a request that has arrived when the grace of a stop ends, also if the process was too busy to read it', async () => {
  const server = createServer();
  const limits = { maxPipelined: 16, drainGrace: 10, drainTimeout: 30_000 };
  const connections = new Connections(server, limits, (_request, response) => void response.end('done'));
  server.on('request', (request, response) => connections.accept(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').setEncoding('utf8');
  const request = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
  socket.write(request);
  await once(socket, 'data');
  const drained = connections.drain();
  socket.write(request);
  const end = performance.now() + 5 * limits.drainGrace;
  while (performance.now() < end);
  const [answer] = (await once(socket, 'data')) as [string];
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  await drained;
});
