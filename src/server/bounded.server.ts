/** Node's HTTP server, whose connections slow clients cannot hold, and which stops without losing what it has accepted. */
import { type IncomingMessage, Server, type ServerOptions, type ServerResponse } from 'node:http';
import { Server as TcpServer, type Socket } from 'node:net';

/** In milliseconds. */
const BOUNDS = {
  /** To send the headers of a request; for the first, from when the connection was made. */
  headersTimeout: 10_000,
  /** To send a whole request; the largest body takes well under a second on any line that carries a call. */
  requestTimeout: 30_000,
  /**
   * How long clients are told that an idle connection is kept: above the 60 s after which common load balancers drop theirs, so
   * that they, not we, close it, and no request meets a closed connection.
   */
  keepAliveTimeout: 65_000,
  /** How much longer it is kept than that, for a request that was sent at the last moment. */
  keepAliveTimeoutBuffer: 1_000,
  /** How often the connections are looked at. A bound can be exceeded by that much. */
  connectionsCheckingInterval: 1_000,
} as const;

/** How long a stop waits for requests in flight before their connections are cut. */
const DRAIN_TIMEOUT_MS = 10_000;

/**
 * How long idle connections are kept after the stop: what a client sent before it could know is still to be read, and
 * closing the connection over it would lose a request.
 */
const IDLE_GRACE_MS = 100;

/** How often connections that have become idle are closed after that. */
const DRAIN_INTERVAL_MS = 20;

/** What a connection is about: its client sends a request, waits for an answer, takes it, or neither. */
type State = 'sending' | 'waiting' | 'taking' | 'idle';

/** What the last look saw of a connection. */
interface Seen {
  state: State;
  /** When that was first seen, of this request, by `performance.now()`. */
  since: number;
  /** The one whose body was being sent. */
  request: IncomingMessage | undefined;
  read: number;
  /** `ANSWERING` while an answer was under way. */
  written: number;
}

/** Equals no number of bytes. */
const ANSWERING = -1;

export class BoundedServer extends Server {
  private readonly clients = new Map<Socket, Seen>();
  private readonly toldIdle: number;
  private readonly keptIdle: number;
  private stopping = false;

  /** @param options As Node's; of the bounds only the first two can be changed later, by setting them on the server. */
  constructor(options: ServerOptions & { readonly keepAliveTimeoutBuffer?: number }) {
    const bounds = { ...BOUNDS, ...options };
    // Node's own makes a timer for each answer, which outlives it.
    super({ ...bounds, keepAliveTimeout: 0 });
    this.toldIdle = bounds.keepAliveTimeout;
    this.keptIdle = bounds.keepAliveTimeout + bounds.keepAliveTimeoutBuffer;
    // This is where Node would begin to keep all connections sorted, in two trees, by the time of their last request. What
    // it does with them, the looks do (docs/decisions/connections.md).
    this.removeAllListeners('listening');
    this.on('listening', () => {
      const looks = setInterval(() => this.look(), bounds.connectionsCheckingInterval).unref();
      this.once('close', () => clearInterval(looks));
    });
    this.on('connection', (socket: Socket) => {
      this.clients.set(socket, { state: 'sending', since: performance.now(), request: undefined, read: 0, written: 0 });
      socket.once('close', () => this.clients.delete(socket));
    });
    this.on('request', (_request, response: ServerResponse & { [TOLD]?: number }) => {
      response[TOLD] = this.toldIdle;
      if (this.stopping) response.shouldKeepAlive = false;
    });
    this.leaveTaken();
  }

  /** The first step of a stop: tells clients with each answer to send the next request on another connection. */
  windDown(): void {
    this.stopping = true;
    for (const socket of this.clients.keys()) {
      const response = responseOn(socket);
      if (response) response.shouldKeepAlive = false;
    }
  }

  /** Takes no more connections, closes each when it is idle, and cuts what is left after 10 s. Resolves when all are closed. */
  drain(): Promise<void> {
    if (!this.listening) return Promise.resolve();
    return new Promise((resolve) => {
      const graceEnd = Date.now() + IDLE_GRACE_MS;
      const stuck = setTimeout(() => this.closeAllConnections(), DRAIN_TIMEOUT_MS);
      const drain = setInterval(() => {
        if (Date.now() >= graceEnd) this.closeIdleConnections();
      }, DRAIN_INTERVAL_MS);
      // Not the HTTP server's own close(), which cuts idle connections at once.
      TcpServer.prototype.close.call(this, () => {
        clearInterval(drain);
        clearTimeout(stuck);
        resolve();
      });
    });
  }

  override closeAllConnections(): void {
    for (const socket of this.clients.keys()) socket.destroy();
  }

  /** As Node's, and those that have not sent anything yet, which Node counts as busy with their first request. */
  override closeIdleConnections(): void {
    for (const [socket, seen] of this.clients)
      if (socket.bytesRead === 0 || stateOf(socket, seen) === 'idle') socket.destroy();
  }

  private look(): void {
    const now = performance.now();
    for (const [socket, seen] of this.clients) {
      const response = responseOn(socket);
      const state = stateOf(socket, seen);
      if (state !== seen.state || isAnother(socket, seen)) seen.since = now;
      if (state !== seen.state) this.enter(state, socket, seen);
      seen.request = response?.req.complete === false ? response.req : undefined;
      // What goes out is counted by going through all that waits to, and a slow client's answer may be large.
      seen.read = response ? 0 : socket.bytesRead;
      seen.written = response ? ANSWERING : socket.bytesWritten;
      this.apply(now - seen.since, socket, seen);
    }
  }

  /** A client that takes nothing of an answer is for Node's timer, which alone knows what the kernel has taken. */
  private enter(state: State, socket: Socket, seen: Seen): void {
    if (state === 'taking' && !socket.timeout) socket.setTimeout(this.keptIdle);
    else if (seen.state === 'taking' && socket.timeout === this.keptIdle) socket.setTimeout(0);
    seen.state = state;
  }

  /** However steadily a client sends, it has so long for one request; and however long an answer takes, it is waited for. */
  private apply(elapsed: number, socket: Socket, { state }: Seen): void {
    if (state === 'sending') {
      const bound = responseOn(socket) ? this.requestTimeout : this.headersTimeout;
      if (bound > 0 && elapsed >= bound) giveUpOn(socket);
    } else if (state === 'idle' && elapsed >= this.keptIdle) socket.destroy();
  }

  /** Bytes on a connection that a module took over, for WebSocket say, are no requests. */
  private leaveTaken(): void {
    const leave = (_request: IncomingMessage, socket: Socket): void => void this.clients.delete(socket);
    // Not before somebody else listens: Node refuses such requests, or answers them, as long as nobody does.
    this.on('newListener', (event: string, listener: unknown) => {
      const takes = event === 'upgrade' || event === 'connect';
      if (takes && listener !== leave && !this.listeners(event).includes(leave)) this.on(event, leave);
    });
  }
}

/** As far as it can be told from what went either way since the last look, which costs requests nothing. */
function stateOf(socket: Socket, { state, read, written }: Seen): State {
  const response = responseOn(socket);
  if (response) {
    if (!response.req.complete) return 'sending';
    return response.writableEnded ? 'taking' : 'waiting';
  }
  if (socket.bytesWritten !== written) return 'idle';
  return state === 'sending' || socket.bytesRead > read ? 'sending' : 'idle';
}

/** Whether the request that was last seen is over, although the connection may be in the same state again. */
function isAnother(socket: Socket, { request, written }: Seen): boolean {
  const response = responseOn(socket);
  if (request) return response?.req !== request;
  return written === ANSWERING || socket.bytesWritten !== written;
}

/** As Node does after its own bounds: its listener for errors tells `clientError`, or answers with 408, and cuts the connection. */
function giveUpOn(socket: Socket): void {
  socket.emit('error', Object.assign(new Error('Request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }));
}

/** Where Node notes, undocumented, what the header Keep-Alive tells. Written as a header, it would be told at a close as well. */
const TOLD = '_keepAliveTimeout';

/** Where Node notes, undocumented, which response a connection carries. A set of our own would cost each token some µs. */
const CARRIED = '_httpMessage';

function responseOn(socket: Socket & { readonly [CARRIED]?: ServerResponse | null }): ServerResponse | undefined {
  return socket[CARRIED] ?? undefined;
}
