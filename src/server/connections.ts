import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate, setTimeout } from 'node:timers/promises';

import type { ConnectionLimits } from './connection-limits.js';

/** How often connections that have become idle are closed during a stop. */
const INTERVAL_MS = 20;

interface Connection {
  /** The response of the latest request; undefined if no response is under way. */
  latest: ServerResponse | undefined;
  /** Pipelined requests. */
  readonly waiting: [request: IncomingMessage, response: ServerResponse][];
}

/**
 * The open connections of a server: handles the requests of a connection one after the other, bounds pipelining, and stops without losing
 * a request that was accepted.
 */
export class Connections {
  private readonly sockets = new Map<Socket, Connection>();
  private readonly release: (this: ServerResponse) => void;
  private stopping = false;

  constructor(
    private readonly server: Server,
    private readonly limits: Pick<ConnectionLimits, 'maxPipelined' | 'drainGrace' | 'drainTimeout'>,
    private readonly handle: RequestListener,
  ) {
    const { sockets } = this;
    // One function for all responses: a closure for each would keep its request alive.
    this.release = function release(this: ServerResponse): void {
      const connection = sockets.get(this.req.socket);
      if (connection === undefined) return;
      if (connection.latest === this) connection.latest = undefined;
      const next = connection.waiting.shift();
      if (next !== undefined) handle(...next);
    };
    server.on('connection', (socket) => {
      sockets.set(socket, { latest: undefined, waiting: [] });
      socket.once('close', () => sockets.delete(socket));
    });
  }

  /**
   * Handles the request once the responses before it are complete: until then its response has no socket, and emits no `close` if the
   * connection is lost, so that files that it sends would stay open. Destroys the connection if too many requests wait.
   */
  accept(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    const connection = this.sockets.get(socket);
    if (connection === undefined || connection.waiting.length >= this.limits.maxPipelined - 1) {
      socket.destroy();
      return;
    }
    const mustWait = connection.latest !== undefined;
    connection.latest = response;
    // Not `once`, which makes a closure.
    response.on('close', this.release);
    if (this.stopping) response.setHeader('connection', 'close');
    if (mustWait) connection.waiting.push([request, response]);
    else this.handle(request, response);
  }

  /** The first step of a stop: responses ask clients to use another connection for their next request. */
  windDown(): void {
    this.stopping = true;
    for (const { latest } of this.sockets.values()) {
      if (latest?.headersSent === false) latest.setHeader('connection', 'close');
    }
  }

  /** Accepts no new connections, closes idle ones, and cuts the rest, upgraded ones included, after the timeout. */
  async drain(): Promise<void> {
    this.windDown();
    if (!this.server.listening) return;
    await setTimeout(this.limits.drainGrace);
    await readSockets();
    const closed = new Promise((resolve) => this.server.close(resolve));
    const interval = setInterval(() => void this.closeIdle(), INTERVAL_MS);
    const timeout = new AbortController();
    const { signal } = timeout;
    await Promise.race([closed, setTimeout(this.limits.drainTimeout, undefined, { signal }).catch(() => undefined)]);
    timeout.abort();
    clearInterval(interval);
    for (const socket of this.sockets.keys()) socket.destroy();
    await closed;
  }

  private async closeIdle(): Promise<void> {
    await readSockets();
    this.server.closeIdleConnections();
    // Node counts a connection that has sent nothing as busy with its first request.
    for (const socket of this.sockets.keys()) if (socket.bytesRead === 0) socket.destroy();
  }
}

/** Timers run before sockets are read: on a busy machine, a connection that looks idle to a timer may have sent a request. */
const readSockets = (): Promise<void> => setImmediate();
