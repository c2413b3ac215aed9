/** A TCP proxy before a server that is slow to start: the server is down while the proxy is. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

import { afterAll } from '@jest/globals';

const opened = new Set<Front>();

afterAll(async () => {
  for (const front of opened) await front.down();
});

export class Front {
  private server: Server | undefined;
  private readonly sockets = new Set<Socket>();

  constructor(
    private readonly port: number,
    private readonly target: number,
  ) {
    opened.add(this);
  }

  async up(): Promise<void> {
    this.server = createServer((client) => {
      const server = connect(this.target, '127.0.0.1');
      for (const [socket, other] of [
        [client, server],
        [server, client],
      ] as const) {
        this.sockets.add(socket);
        socket.pipe(other);
        socket.on('error', () => other.destroy()).on('close', () => this.sockets.delete(socket));
      }
    });
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
  }

  async down(): Promise<void> {
    const { server } = this;
    if (!server) return;
    this.server = undefined;
    server.close();
    for (const socket of this.sockets) socket.destroy();
    await once(server, 'close');
  }
}
