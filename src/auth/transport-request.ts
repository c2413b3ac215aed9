import type { IncomingMessage } from 'node:http';

import type { ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';

import { keepHandshake, requestBehind } from '../logging/request-behind.js';

/** As socket.io's `Socket`: it keeps what the client sent as `auth`. */
interface SocketIoClient {
  readonly handshake?: { readonly auth?: { readonly token?: unknown } };
}

/**
 * Keeps the request of a handshake, so that `CallerGuard`, `@CurrentCaller()` and `ProblemFilter` know it. A gateway on `WsAdapter` calls it in
 * `handleConnection(client, request)`. Gateways on socket.io need no call.
 */
export function rememberHandshake(client: object, request: IncomingMessage): void {
  withBearer(keepHandshake(client, request), tokenInProtocols(request.headers['sec-websocket-protocol']));
}

/** The HTTP request behind a call: that of HTTP and GraphQL, or the handshake of a WebSocket. Undefined for messages of a broker. */
export function requestOf(context: ExecutionContext): Request | undefined {
  const request = requestBehind(context);
  if (context.getType() !== 'ws') return request;
  const { token } = context.switchToWs().getClient<SocketIoClient>().handshake?.auth ?? {};
  return request && withBearer(request, typeof token === 'string' ? token : undefined);
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
