/** Makes requests and responses with Express's prototypes from the start, where changing them later is slow. */
import { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import type { Express } from 'express';

/**
 * Express gives every request and response its own prototype by `Object.setPrototypeOf`, which is a no-op when it has it
 * already. See docs/decisions/request-prototypes.md for what that costs on which version of Node.
 */
const PROTOTYPE_CHANGES_ARE_SLOW = Number(process.versions.node.split('.')[0]) < 24;

/** The options of an HTTP server for this application; none where they would not pay. */
export function requestPrototypes({ request, response }: Express) {
  if (!PROTOTYPE_CHANGES_ARE_SLOW) return {};
  function ExpressRequest(this: IncomingMessage, socket: Socket): void {
    Reflect.apply(IncomingMessage as unknown as (socket: Socket) => void, this, [socket]);
  }
  function ExpressResponse(this: ServerResponse, from: IncomingMessage, options: unknown): void {
    Reflect.apply(ServerResponse as unknown as (...args: unknown[]) => void, this, [from, options]);
  }
  ExpressRequest.prototype = request;
  ExpressResponse.prototype = response;
  return {
    IncomingMessage: ExpressRequest as unknown as typeof IncomingMessage,
    ServerResponse: ExpressResponse as unknown as typeof ServerResponse,
  };
}
