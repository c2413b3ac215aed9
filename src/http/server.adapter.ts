/** Express on an HTTP server that slow clients cannot hold, and that stops without losing what it has accepted. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import { Server as TcpServer, type Socket } from 'node:net';

import { ExpressAdapter } from '@nestjs/platform-express';
import type { Express } from 'express';

import { requestPrototypes } from './request-prototypes.js';

/** Bounds in milliseconds. */
const BOUNDS = {
  /** To send the headers of a request. */
  headersTimeout: 10_000,
  /** To send a whole request; the largest body takes well under a second on any line that carries a call. */
  requestTimeout: 30_000,
  /** Off: Node's own makes a timer for each answer, which outlives it (docs/decisions/http-edge.md). Ours is below. */
  keepAliveTimeout: 0,
  /** How often the bounds above are looked after. */
  connectionsCheckingInterval: 1_000,
} as const;

/**
 * How long clients are told that an idle connection is kept: above the 60 s after which common load balancers drop theirs, so
 * that they, not we, close it, and no request meets a closed connection.
 */
const KEPT_IDLE_MS = 65_000;

/** How much longer it is kept than that, for a request that was sent at the last moment. */
const IDLE_MARGIN_MS = 1_000;

/** How long a stop waits for requests in flight before their connections are cut. */
const DRAIN_TIMEOUT_MS = 10_000;

/**
 * How long idle connections are kept after the stop: what a client sent before it could know is still to be read, and
 * closing the connection over it would lose a request.
 */
const IDLE_GRACE_MS = 100;

/** How often connections that have become idle are closed after that. */
const DRAIN_INTERVAL_MS = 20;

export class ServerAdapter extends ExpressAdapter {
  private readonly sockets = new Set<Socket>();
  private stopping = false;

  override initHttpServer(): void {
    const app = this.getInstance<Express>();
    const server = createServer({ ...BOUNDS, ...requestPrototypes(app) });
    // One timer for each connection, which its traffic winds up again.
    server.setTimeout(KEPT_IDLE_MS + IDLE_MARGIN_MS, (socket: Socket) => {
      const response = responseOn(socket);
      // However long an answer takes, it is waited for; a client that takes none of what is written for it is not.
      if (!response || response.writableEnded) socket.destroy();
    });
    server.on('request', (_request, response: ServerResponse & { [TOLD]?: number }) => {
      response[TOLD] = KEPT_IDLE_MS;
      if (this.stopping) response.shouldKeepAlive = false;
    });
    // After the above: some requests are answered before Express returns.
    server.on('request', app);
    server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
    this.httpServer = server;
  }

  /** Leaves errors as they were thrown: Nest would make exceptions of them whose messages quote the request. */
  override mapException(error: unknown): unknown {
    return error;
  }

  /** The first step of a stop, before SHUTDOWN_DELAY: tells clients to send the next request on another connection. */
  override beforeClose(): void {
    super.beforeClose();
    this.stopping = true;
    for (const socket of this.sockets) {
      const response = responseOn(socket);
      if (response) response.shouldKeepAlive = false;
    }
  }

  override close(): Promise<void> {
    const server: Server = this.httpServer;
    if (!server.listening) return Promise.resolve();
    return new Promise((resolve) => {
      const graceEnd = Date.now() + IDLE_GRACE_MS;
      const stuck = setTimeout(() => server.closeAllConnections(), DRAIN_TIMEOUT_MS);
      const drain = setInterval(() => {
        if (Date.now() >= graceEnd) this.closeIdle(server);
      }, DRAIN_INTERVAL_MS);
      // Not the HTTP server's own close(), which cuts idle connections at once.
      TcpServer.prototype.close.call(server, () => {
        clearInterval(drain);
        clearTimeout(stuck);
        resolve();
      });
    });
  }

  private closeIdle(server: Server): void {
    server.closeIdleConnections();
    // Node counts a connection that has not sent anything yet as busy with its first request.
    for (const socket of this.sockets) if (socket.bytesRead === 0) socket.destroy();
  }
}

/** Where Node notes, undocumented, what the header Keep-Alive tells. Written as a header, it would be told at a close as well. */
const TOLD = '_keepAliveTimeout';

/** Where Node notes, undocumented, which response a connection carries. A set of our own would cost each token some µs. */
const CARRIED = '_httpMessage';

function responseOn(socket: Socket & { readonly [CARRIED]?: ServerResponse | null }): ServerResponse | undefined {
  return socket[CARRIED] ?? undefined;
}
