import { createServer } from 'node:http';

import { ExpressAdapter } from '@nestjs/platform-express';
import type { Express } from 'express';

import { CONNECTION_LIMITS, type ConnectionLimits } from './connection-limits.js';
import { Connections } from './connections.js';
import { requestPrototypes } from './request-prototypes.js';
import { originForm } from './request-target.js';

/** Express on Node's HTTP server, with limits for slow clients and a stop that loses no request. */
export class ServerAdapter extends ExpressAdapter {
  private connections: Connections | undefined;
  private readonly limits: ConnectionLimits;

  constructor(limits: Partial<ConnectionLimits> = {}) {
    super();
    this.limits = { ...CONNECTION_LIMITS, ...limits };
  }

  override initHttpServer(): void {
    const app = this.getInstance<Express>();
    const { inactivityTimeout, maxPipelined, drainGrace, drainTimeout, ...timeouts } = this.limits;
    const server = createServer({ ...timeouts, ...requestPrototypes(app) });
    server.setTimeout(inactivityTimeout);
    const connections = new Connections(server, { maxPipelined, drainGrace, drainTimeout }, (request, response) => {
      request.url = originForm(request.url ?? '/');
      app(request, response);
    });
    server.on('request', (request, response) => connections.accept(request, response));
    this.connections = connections;
    this.httpServer = server;
  }

  /** Leaves errors as they were thrown: Nest would make exceptions of them whose messages quote the request. */
  override mapException(error: unknown): unknown {
    return error;
  }

  /** Comes before SHUTDOWN_DELAY. */
  override beforeClose(): void {
    super.beforeClose();
    this.connections?.windDown();
  }

  override async close(): Promise<void> {
    await this.connections?.drain();
  }
}
