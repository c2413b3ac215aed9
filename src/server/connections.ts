import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';

import type { ConnectionLimits } from './connection-limits.js';

/** How often connections that have become idle are closed during a stop. */
const INTERVAL_MS = 20;

interface Connection {
  /** Responses under way. */
  count: number;
  /** The latest of them. */
  response: ServerResponse | undefined;
}

/** The open connections of a server: bounds pipelining, and stops without losing a request that was accepted. */
export class Connections {
  private readonly sockets = new Map<Socket, Connection>();
  private readonly release: (this: ServerResponse) => void;
  private stopping = false;

  constructor(
    private readonly server: Server,
    private readonly limits: Pick<ConnectionLimits, 'maxPipelined' | 'drainGrace' | 'drainTimeout'>,
  ) {
    const { sockets } = this;
    // One function for all responses: a closure for each would keep its request alive.
    this.release = function release(this: ServerResponse): void {
      const connection = sockets.get(this.req.socket);
      if (connection === undefined) return;
      connection.count -= 1;
      if (connection.response === this) connection.response = undefined;
    };
    server.on('connection', (socket) => {
      sockets.set(socket, { count: 0, response: undefined });
      socket.once('close', () => sockets.delete(socket));
    });
  }

  /** Destroys the connection and returns false if too many responses are under way on it. */
  admit({ socket }: IncomingMessage, response: ServerResponse): boolean {
    const connection = this.sockets.get(socket);
    if (connection === undefined || connection.count >= this.limits.maxPipelined) {
      socket.destroy();
      return false;
    }
    connection.count += 1;
    connection.response = response;
    // Not `once`, which makes a closure.
    response.on('close', this.release);
    if (this.stopping) response.setHeader('connection', 'close');
    return true;
  }

  /** The first step of a stop: responses ask clients to use another connection for their next request. */
  windDown(): void {
    this.stopping = true;
    for (const { response } of this.sockets.values()) {
      if (response?.headersSent === false) response.setHeader('connection', 'close');
    }
  }

  /** Accepts no new connections, closes idle ones, and cuts the rest, upgraded ones included, after the timeout. */
  async drain(): Promise<void> {
    this.windDown();
    if (!this.server.listening) return;
    await setTimeout(this.limits.drainGrace);
    const closed = new Promise((resolve) => this.server.close(resolve));
    const interval = setInterval(() => this.closeIdle(), INTERVAL_MS);
    const timeout = new AbortController();
    const { signal } = timeout;
    await Promise.race([closed, setTimeout(this.limits.drainTimeout, undefined, { signal }).catch(() => undefined)]);
    timeout.abort();
    clearInterval(interval);
    for (const socket of this.sockets.keys()) socket.destroy();
    await closed;
  }

  private closeIdle(): void {
    this.server.closeIdleConnections();
    // Node counts a connection that has sent nothing as busy with its first request.
    for (const socket of this.sockets.keys()) if (socket.bytesRead === 0) socket.destroy();
  }
}
