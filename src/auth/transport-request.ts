import type { IncomingMessage } from 'node:http';

import type { ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';

/** As socket.io's `Socket`: it keeps the request of its handshake, and what the client sent as `auth`. */
interface SocketIoClient {
  readonly request?: Request;
  readonly handshake?: { readonly auth?: { readonly token?: unknown } };
}

/** By client of the `ws` package, which does not keep its request. */
const handshakes = new WeakMap<object, Request>();

/**
 * Keeps the request of a handshake, so that `CallerGuard` and `@CurrentCaller()` know it. A gateway on `WsAdapter` calls it in
 * `handleConnection(client, request)`. Gateways on socket.io need no call.
 */
export function rememberHandshake(client: object, request: IncomingMessage): void {
  // The server gives every request Express's prototype, also that of an upgrade.
  handshakes.set(client, withBearer(request as Request, tokenInProtocols(request.headers['sec-websocket-protocol'])));
}

/** The HTTP request behind a call: that of HTTP and GraphQL, or the handshake of a WebSocket. Undefined for messages of a broker. */
export function requestOf(context: ExecutionContext): Request | undefined {
  switch (context.getType<'http' | 'ws' | 'graphql' | 'rpc'>()) {
    case 'http':
      return context.switchToHttp().getRequest<Request>();
    case 'ws':
      return handshakeOf(context.switchToWs().getClient<object>());
    case 'graphql':
      return context.getArgByIndex<{ readonly req?: Request } | undefined>(2)?.req;
    default:
      return undefined;
  }
}

function handshakeOf(client: object): Request | undefined {
  const { request, handshake } = client as SocketIoClient;
  const { token } = handshake?.auth ?? {};
  if (request !== undefined) return withBearer(request, typeof token === 'string' ? token : undefined);
  return handshakes.get(client);
}

/** Browsers cannot set the header `Authorization` of a WebSocket. */
function withBearer(request: Request, token: string | undefined): Request {
  if (token !== undefined) request.headers.authorization ??= `Bearer ${token}`;
  return request;
}

/** `new WebSocket(url, ['bearer', token])`; the server selects `bearer`, so the token is not sent back. */
function tokenInProtocols(protocols: string | undefined): string | undefined {
  const [scheme, token] = protocols?.split(',').map((protocol) => protocol.trim()) ?? [];
  return scheme === 'bearer' ? token : undefined;
}
