/** What LiveKit answers at its root, where load balancers ask for its health; and how it does not when it is in trouble. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export class FakeLiveKitFront {
  /** What was asked, such as `GET /`. */
  readonly requests: string[] = [];
  /** Requests that were given up by whoever asked. */
  abandoned = 0;
  /** The status of answers; `hang` never answers. */
  behaviour: number | 'hang' = 200;
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      this.requests.push(`${request.method} ${request.url}`);
      response.once('close', () => {
        if (!response.writableFinished) this.abandoned += 1;
      });
      if (this.behaviour !== 'hang') response.writeHead(this.behaviour).end('OK');
    });
  }

  static async start(): Promise<FakeLiveKitFront> {
    const livekit = new FakeLiveKitFront();
    livekit.server.listen(0, '127.0.0.1');
    await once(livekit.server, 'listening');
    return livekit;
  }

  /** Settings of a service that calls this LiveKit. */
  get settings(): Record<string, string> {
    return { LIVEKIT_INTERNAL_URL: `ws://127.0.0.1:${(this.server.address() as AddressInfo).port}` };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
