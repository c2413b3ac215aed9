/** Serves a team's own frontend, with LiveKit's client from npm in it, from an origin that is not the service's. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';

import { afterAll } from '@jest/globals';

import type { LiveKit } from './livekit.js';
import type { Service } from './service.js';

/** Both by their names in package.json. */
export type Client = 'livekit-client' | 'livekit-client-2.21';

const PAGE = join(import.meta.dirname, 'frontend');

/** What Node finds is for Node; the module for browsers lies beside it. */
const forBrowsers = (client: Client): string =>
  join(dirname(createRequire(import.meta.url).resolve(client)), 'livekit-client.esm.mjs');

const FILES: Readonly<Record<string, readonly [type: string, path: string]>> = {
  '/': ['text/html', join(PAGE, 'index.html')],
  '/frontend.js': ['text/javascript', join(PAGE, 'frontend.js')],
  '/livekit-client.js': ['text/javascript', forBrowsers('livekit-client')],
  '/livekit-client-2.21.js': ['text/javascript', forBrowsers('livekit-client-2.21')],
};

const running = new Set<Server>();

afterAll(async () => {
  for (const server of running) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
});

/** For one suite, after which it stops by itself. */
export class FrontendServer {
  private constructor(private readonly server: Server) {}

  static async start(): Promise<FrontendServer> {
    const server = createServer(({ url = '' }, response) => {
      const [type, path] = FILES[url.replace(/\?.*/, '')] ?? [];
      if (type === undefined || path === undefined) return response.writeHead(404).end();
      return readFile(path).then((content) => response.setHeader('Content-Type', type).end(content));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    running.add(server);
    return new FrontendServer(server);
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Where it is open for the users of this service. */
  urlFor(service: Service, livekit: LiveKit, client: Client = 'livekit-client'): string {
    return `${this.origin}/?${new URLSearchParams({ service: service.url, livekit: livekit.url, client }).toString()}`;
  }
}
