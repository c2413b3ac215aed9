/** A way to Redis that can lose its connections without a word to either end, as firewalls and dying hosts do, or close each at once. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export class SilentProxy {
  private readonly sockets = new Set<Socket>();
  private isClosing = false;
  private closedCount = 0;

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

  /** How many connections it has closed at once since {@link closeAtOnce}. */
  get closed(): number {
    return this.closedCount;
  }

  /** Closes the present connections, and each new one as soon as it has a command: as a load balancer without a Redis behind it. */
  closeAtOnce(): void {
    this.isClosing = true;
    for (const socket of this.sockets) socket.destroy();
  }

  /** Undoes {@link closeAtOnce} for new connections. */
  goOn(): void {
    this.isClosing = false;
  }

  stop(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private join(client: Socket, port: number): void {
    if (this.isClosing) {
      client
        .on('error', () => undefined)
        .once('data', () => {
          this.closedCount += 1;
          client.destroy();
        });
      return;
    }
    const redis = connect(port, '127.0.0.1');
    for (const socket of [client, redis]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => this.sockets.delete(socket));
    }
    client.pipe(redis).pipe(client);
  }
}
