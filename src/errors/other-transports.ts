import type { ArgumentsHost } from '@nestjs/common';
import { throwError } from 'rxjs';

import type { Problem } from './problem.js';

/** Clients of `ws` have `send` only, those of socket.io `handshake` and `emit`. */
interface WebSocketClient {
  readonly handshake?: unknown;
  emit(event: string, data: unknown): void;
  send(data: string): void;
}

/**
 * Hands a problem to a transport other than HTTP, as Nest expects it from a filter. WebSocket clients get the event `exception`,
 * callers of a microservice the problem as error, and GraphQL the error itself.
 */
export function handOver(problem: Problem, error: unknown, host: ArgumentsHost): unknown {
  // Only HTTP requests have an id.
  const { requestId, ...members } = problem;
  const told = requestId === '' ? members : problem;
  switch (host.getType<'ws' | 'rpc' | 'graphql'>()) {
    case 'ws': {
      const client = host.switchToWs().getClient<WebSocketClient>();
      if (client.handshake === undefined) client.send(JSON.stringify({ event: 'exception', data: told }));
      else client.emit('exception', told);
      return undefined;
    }
    case 'rpc':
      return throwError(() => told);
    default:
      return Object.assign(new Error(problem.detail, { cause: error }), { extensions: told });
  }
}
