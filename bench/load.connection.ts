/** One keep-alive connection of the load, with at most one request under way, cheap enough to outrun any server. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const HEAD_END = '\r\n\r\n';
const CONTENT_LENGTH = /\r\ncontent-length: *(\d+)/i;

/** What every answer must have. */
export interface Expectation {
  status: number;
  bodyStart: string;
  head: string;
}

export interface ConnectionEvents {
  answered(connection: LoadConnection): void;
  failed(reason: string): void;
}

export class LoadConnection {
  /** When the latest request should have been sent, and which one it was; the phase sets both. */
  dueAt = 0;
  requestIndex = 0;
  lastBody = '';
  private received = '';
  private resting = false;

  private constructor(
    private readonly socket: Socket,
    private expected: Expectation,
    private events: ConnectionEvents,
  ) {
    socket.setEncoding('latin1');
    socket.setNoDelay(true);
    socket.on('data', (text: string) => this.receive(text));
    socket.on('error', (error) => this.fail(error.message));
    socket.on('close', () => this.fail('the server closed a connection'));
  }

  static async open(port: number, expected: Expectation, events: ConnectionEvents): Promise<LoadConnection> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new LoadConnection(socket, expected, events);
  }

  send(request: Buffer | string): void {
    if (typeof request === 'string') this.socket.write(request, 'latin1');
    else this.socket.write(request);
  }

  get closed(): boolean {
    return this.socket.destroyed;
  }

  /** For another load, after a rest. */
  use(expected: Expectation, events: ConnectionEvents): void {
    this.expected = expected;
    this.events = events;
    this.lastBody = '';
    this.resting = false;
  }

  /** From here on its end is no failure. */
  rest(): void {
    this.resting = true;
  }

  close(): void {
    this.rest();
    this.socket.destroy();
  }

  private receive(text: string): void {
    this.received = this.received === '' ? text : this.received + text;
    const headEnd = this.received.indexOf(HEAD_END);
    if (headEnd < 0) return;
    // An answer with 204 has no body, and says nothing of its length.
    const length = this.expected.status === 204 ? '0' : CONTENT_LENGTH.exec(this.received)?.[1];
    if (length === undefined) return this.fail(`an answer has no Content-Length: ${this.received}`);
    const answerEnd = headEnd + HEAD_END.length + Number(length);
    if (this.received.length < answerEnd) return;
    const body = this.received.slice(headEnd + HEAD_END.length);
    const right =
      this.received.startsWith(`HTTP/1.1 ${this.expected.status} `) &&
      body.startsWith(this.expected.bodyStart) &&
      this.received.lastIndexOf(this.expected.head, headEnd) >= 0;
    if (!right || this.received.length > answerEnd) return this.fail(`a wrong answer: ${this.received}`);
    this.received = '';
    this.lastBody = body;
    this.events.answered(this);
  }

  private fail(reason: string): void {
    if (this.resting) return;
    this.events.failed(reason);
  }
}
