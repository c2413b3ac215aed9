/** Requests and responses have Express's prototypes, and V8 keeps them fast. */
import { once } from 'node:events';
import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';

import { describe, expect, it } from '@jest/globals';
import express from 'express';

import { requestPrototypes } from './request-prototypes.js';

setFlagsFromString('--allow-natives-syntax');

/** Asks V8: an object without fast properties is a dictionary. */
const isFast = new Function('object', 'return %HasFastProperties(object)') as (object: object) => boolean;

describe('requestPrototypes', () => {
  it("makes Node's own requests and responses, with Express's prototypes and without dictionaries", async () => {
    const app = express();
    const server = createServer(requestPrototypes(app));
    const found: unknown[] = [];
    server.on('request', (request, response) => {
      found.push(Object.getPrototypeOf(request) === app.request, Object.getPrototypeOf(response) === app.response);
      found.push(request instanceof IncomingMessage, response instanceof ServerResponse);
    });
    app.use((request, response) => {
      response.on('close', () => found.push(isFast(request), isFast(response)));
      // Properties with symbols as names made dictionaries of them.
      Object.assign(request, { [Symbol('own')]: 1 });
      Object.assign(response, { [Symbol('own')]: 1 }).json(request.url);
    });
    server.on('request', app);
    await once(server.listen(0), 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await (await fetch(`http://127.0.0.1:${port}/a`)).json()).toBe('/a');
    server.close();
    await once(server, 'close');
    expect(found).toEqual(Array(6).fill(true));
  });
});
