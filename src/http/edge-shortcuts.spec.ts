/** What is done at once on the way of every request does what Express's own and the library of CORS do. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import { type ExecutionContext, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { describe, expect, it } from '@jest/globals';
import cors from 'cors';
import express, { type RequestHandler } from 'express';

import { crossOrigin } from './cross-origin.js';
import { isJson } from './json-body.js';
import { RouteMark } from './route-mark.js';

async function answersOf(handler: RequestHandler, requests: readonly RequestInit[]): Promise<unknown[]> {
  const app = express();
  app.use(handler, (_request, response) => void response.end('answer'));
  const server = app.listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const answers: unknown[] = [];
  for (const request of requests) {
    const response = await fetch(`http://127.0.0.1:${port}/`, request);
    const headers = [...response.headers].filter(([name]) => !['date', 'keep-alive'].includes(name));
    answers.push([response.status, Object.fromEntries(headers), await response.text()]);
  }
  server.close();
  await once(server, 'close');
  return answers;
}

describe('crossOrigin', () => {
  const exposedHeaders = 'X-Request-Id,Retry-After,RateLimit,RateLimit-Policy,WWW-Authenticate';
  const preflight = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' };
  const callers: Record<string, string>[] = [
    {},
    { origin: 'https://app.example.com' },
    { origin: 'https://other.example', ...preflight },
  ];
  const requests = ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS'].flatMap((method) =>
    callers.map((headers) => ({ method, headers })),
  );

  it.each(['*', ['https://app.example.com', 'null']] as const)(
    'answers as the library does, for %j',
    async (origins) => {
      const origin = origins === '*' ? '*' : [...origins];
      const expected = await answersOf(cors({ origin, exposedHeaders }), requests);
      expect(await answersOf(crossOrigin(origins), requests)).toEqual(expected);
    },
  );
});

describe('isJson', () => {
  it('takes and leaves what the type of the parser of Express takes and leaves', async () => {
    const types = [
      'application/json',
      'application/json; charset=utf-8',
      'application/json;charset=UTF-8',
      'application/JSON ; charset="latin1"',
      'application/json;',
      'application/json; no parameter',
      'application/json, text/plain',
      'application/jsonp',
      'application/ld+json',
      'text/json',
      'text/plain;charset=UTF-8',
      'nonsense',
    ];
    const told: (readonly [ours: boolean, theirs: boolean])[] = [];
    const read = express.json();
    const compare: RequestHandler = (request, response) => {
      const ours = isJson(request);
      read(request, response, (error?: unknown) => {
        // A character set that it does not know is refused as one of JSON.
        told.push([ours, error !== undefined || request.body !== undefined]);
        response.end();
      });
    };
    await answersOf(
      compare,
      types.map((type) => ({ method: 'POST', body: '{}', headers: { 'content-type': type } })),
    );
    expect(told).toHaveLength(types.length);
    expect(told.map(([ours]) => ours)).toEqual(told.map(([, theirs]) => theirs));
  });
});

describe('RouteMark', () => {
  const Mark = Reflector.createDecorator<void, true>({ transform: () => true });
  class Base {
    inherited(): void {}

    @Mark()
    marked(): void {}
  }
  @Mark()
  class Whole extends Base {}
  @SetMetadata('other', true)
  class Other extends Base {}

  const contextOf = (controller: unknown, handler: unknown): ExecutionContext =>
    ({ getClass: () => controller, getHandler: () => handler }) as ExecutionContext;

  it('is looked for at the handler and its controller, and is each controller its own where a handler is inherited', () => {
    const mark = new RouteMark(new Reflector(), Mark);
    const { inherited, marked } = Base.prototype;
    for (let round = 0; round < 2; round += 1) {
      expect(mark.isOn(contextOf(Whole, inherited))).toBe(true);
      expect(mark.isOn(contextOf(Other, inherited))).toBe(false);
      expect(mark.isOn(contextOf(Other, marked))).toBe(true);
    }
  });
});
