/** Express on a server whose connections are bounded, as Nest starts and stops it. */
import { ExpressAdapter } from '@nestjs/platform-express';
import type { Express } from 'express';

import { BoundedServer } from './bounded.server.js';
import { requestPrototypes } from './request-prototypes.js';

export class ServerAdapter extends ExpressAdapter {
  override initHttpServer(): void {
    const app = this.getInstance<Express>();
    // After the server's own listener: some requests are answered before Express returns.
    this.httpServer = new BoundedServer(requestPrototypes(app)).on('request', app);
  }

  /** Leaves errors as they were thrown: Nest would make exceptions of them whose messages quote the request. */
  override mapException(error: unknown): unknown {
    return error;
  }

  /** Comes before SHUTDOWN_DELAY. */
  override beforeClose(): void {
    super.beforeClose();
    this.server.windDown();
  }

  override close(): Promise<void> {
    return this.server.drain();
  }

  private get server(): BoundedServer {
    return this.httpServer as BoundedServer;
  }
}
