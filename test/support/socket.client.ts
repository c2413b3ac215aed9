/** A client of a gateway on `WsAdapter`, with an access token. */
import { once } from 'node:events';

import { WebSocket } from 'ws';

import { eventually } from '../../src/testing/eventually.js';

export interface SocketMessage {
  readonly event: string;
  readonly data: Record<string, unknown>;
}

export class SocketClient {
  /** All that it has got, in order. */
  readonly messages: SocketMessage[] = [];

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => this.messages.push(JSON.parse(data.toString()) as SocketMessage));
  }

  static async connect(url: string, token: string): Promise<SocketClient> {
    const socket = new WebSocket(url.replace('http', 'ws'), ['bearer', token]);
    const client = new SocketClient(socket);
    await once(socket, 'open');
    return client;
  }

  get isClosed(): boolean {
    return this.socket.readyState === WebSocket.CLOSED;
  }

  send(event: string, data: object): void {
    this.socket.send(JSON.stringify({ event, data }));
  }

  /** Resolves when the newest message is of this event, with this data. */
  async gets(event: string, data: object = {}): Promise<SocketMessage> {
    return eventually(() => {
      const newest = this.messages.at(-1);
      const has = Object.entries(data).every(
        ([key, value]) => JSON.stringify(newest?.data[key]) === JSON.stringify(value),
      );
      return newest?.event === event && has ? newest : undefined;
    });
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    const closed = once(this.socket, 'close');
    this.socket.close();
    await closed;
  }
}
