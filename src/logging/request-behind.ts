import type { IncomingMessage } from 'node:http';

import type { ArgumentsHost } from '@nestjs/common';
import type { Request } from 'express';

/** By client of the `ws` package, which does not keep its request. */
const handshakes = new WeakMap<object, Request>();

/** The server gives every request Express's prototype, also that of an upgrade. */
export function keepHandshake(client: object, request: IncomingMessage): Request {
  handshakes.set(client, request as Request);
  return request as Request;
}

/** The HTTP request behind a call: that of HTTP and GraphQL, or the handshake of a WebSocket. Undefined for messages of a broker. */
export function requestBehind(host: ArgumentsHost): Request | undefined {
  switch (host.getType<'http' | 'ws' | 'graphql' | 'rpc'>()) {
    case 'http':
      return host.switchToHttp().getRequest<Request>();
    case 'ws': {
      const client = host.switchToWs().getClient<object & { readonly request?: Request }>();
      // Clients of socket.io keep the request themselves.
      return client.request ?? handshakes.get(client);
    }
    case 'graphql':
      return host.getArgByIndex<{ readonly req?: Request } | undefined>(2)?.req;
    default:
      return undefined;
  }
}
