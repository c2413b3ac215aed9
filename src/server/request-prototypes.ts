/** Makes requests and responses with Express's prototypes from the start, where changing them later is slow. */
import { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import type { Express } from 'express';

/**
 * The options of an HTTP server for this application. Express gives every request and response its own prototype by
 * `Object.setPrototypeOf`, which is a no-op when it has it already; docs/decisions/request-prototypes.md says what that saves.
 */
export function requestPrototypes({ request, response }: Express) {
  function ExpressRequest(this: IncomingMessage, socket: Socket): void {
    Reflect.apply(IncomingMessage as unknown as (socket: Socket) => void, this, [socket]);
  }
  function ExpressResponse(this: ServerResponse, from: IncomingMessage, options: unknown): void {
    Reflect.apply(ServerResponse as unknown as (...args: unknown[]) => void, this, [from, options]);
  }
  return {
    IncomingMessage: constructorOf(ExpressRequest, IncomingMessage, request),
    ServerResponse: constructorOf(ExpressResponse, ServerResponse, response),
  };
}

function constructorOf<Base extends typeof IncomingMessage | typeof ServerResponse>(
  constructor: (this: never, ...args: never[]) => void,
  base: Base,
  prototype: object,
): Base {
  // As `extends` does. V8 counts the properties of an object to come along this chain; without it there is no room for
  // them, and every request and response becomes a dictionary, whose properties are slow to find.
  Object.setPrototypeOf(constructor, base);
  constructor.prototype = prototype;
  return constructor as unknown as Base;
}
