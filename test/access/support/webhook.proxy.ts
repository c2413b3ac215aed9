/** Stands between LiveKit or an identity provider and the instances: forwards to one after the other, and loses, repeats or delays on demand. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';

import { afterAll } from '@jest/globals';

/** What happens to a request: `drop` responds with 200 and forwards nothing. */
export type Fate = 'pass' | 'drop' | 'repeat' | { readonly delayMs: number };

const started = new Set<WebhookProxy>();

afterAll(() => {
  for (const proxy of started) proxy.stop();
});

export class WebhookProxy {
  /** Of each request. */
  fate: () => Fate = () => 'pass';
  /** Base URLs of the instances. */
  targets: readonly string[] = [];
  private next = 0;

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => void this.answer(request, response));
    started.add(this);
  }

  static async start(): Promise<WebhookProxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new WebhookProxy(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    started.delete(this);
    this.server.closeAllConnections();
    this.server.close();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const fate = this.fate();
    if (typeof fate === 'object') await pause(fate.delayMs);
    const status = fate === 'drop' ? 200 : await this.forward(request, body);
    if (fate === 'repeat') await this.forward(request, body);
    response.writeHead(status).end();
  }

  /** An instance that is away is skipped, as a load balancer does. */
  private async forward({ url = '/', method = 'POST', headers }: IncomingMessage, body: Buffer): Promise<number> {
    for (const _ of this.targets) {
      const target = this.targets[this.next++ % this.targets.length] ?? '';
      const { authorization = '', 'content-type': type = '' } = headers;
      const passed = { 'content-type': type, ...(authorization && { authorization }) };
      const response = await fetch(target + url, { method, headers: passed, body }).catch(() => undefined);
      if (response !== undefined) return response.status;
    }
    return 502;
  }
}
