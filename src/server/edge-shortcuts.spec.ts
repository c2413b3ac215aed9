/** What is done at once on the way of every request does what Express's own and the library of CORS do. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import { type ExecutionContext, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { describe, expect, it } from '@jest/globals';
import cors from 'cors';
import express, { type RequestHandler } from 'express';

import { crossOrigin } from './cors.middleware.js';
import { RouteMark } from '../auth/route-mark.js';

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
