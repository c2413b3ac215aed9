/** A way to Redis that can lose its connections without a word to either end, as firewalls and dying hosts do. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export class SilentProxy {
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  static async start(redisUrl: string): Promise<SilentProxy> {
    const proxy = new SilentProxy(createServer((client) => proxy.join(client, Number(new URL(redisUrl).port))));
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    return proxy;
  }

  /** Of a Redis behind this proxy. */
  urlFor(redisUrl: string): string {
    const url = new URL(redisUrl);
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  /** Nothing passes through the present connections any more; new ones are as good as ever. */
  silence(): void {
    for (const socket of this.sockets) socket.unpipe().pause();
  }

  stop(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private join(client: Socket, port: number): void {
    const redis = connect(port, '127.0.0.1');
    for (const socket of [client, redis]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => this.sockets.delete(socket));
    }
    client.pipe(redis).pipe(client);
  }
}
