/** Puts one server under load for a while, as fast as it can or at a constant rate, and measures its answers. */
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

import { CoreUsage } from './core.usage.js';
import { LoadConnection, type ConnectionEvents } from './load.connection.js';
import { LoadWindow, type WindowFigures, type WindowPlan } from './load.window.js';
import { ProcessUsage } from './process.usage.js';
import { RequestSet, type Names } from './request.set.js';

export interface PhaseOrder extends WindowPlan {
  port: number;
  serverPid: number;
  /** The cores of server and load, or none if they are not pinned. */
  cores: number[];
  connections: number;
  /** Requests a second, or null for as many as the server takes. */
  rate: number | null;
  /** The access tokens that the requests bring in turn; none without them. */
  bearers?: string[];
}

export interface TokenSample extends Names {
  body: string;
}

export interface PhaseResult extends WindowFigures {
  /** The last answer of every connection, to be verified when nothing is being measured. */
  samples: TokenSample[];
}

const STALL_LIMIT_MS = 10_000;
const WATCH_MS = 20;

export class LoadPhase implements ConnectionEvents {
  private readonly requests: RequestSet;
  private readonly connections: LoadConnection[] = [];
  private idle: LoadConnection[] = [];
  private window: LoadWindow;
  private nextRequest = 0;
  private lastAnswerAt = 0;
  private failure: string | undefined;

  constructor(private readonly order: PhaseOrder) {
    this.requests = new RequestSet(order.port, order.bearers);
    this.window = this.windowFrom(0);
  }

  async run(): Promise<PhaseResult> {
    const { port, connections, rate } = this.order;
    for (let i = 0; i < connections; i++) this.connections.push(await LoadConnection.open(port, this));
    this.idle = [...this.connections];

    const startedAt = performance.now();
    this.window = this.windowFrom(startedAt);
    this.lastAnswerAt = startedAt;
    try {
      await (rate === null ? this.driveFullLoad() : this.driveConstantRate(startedAt, 1000 / rate));
    } finally {
      for (const connection of this.connections) connection.close();
    }
    return { ...this.window.figures(), samples: this.connections.map((connection) => this.sample(connection)) };
  }

  answered(connection: LoadConnection): void {
    const now = performance.now();
    this.lastAnswerAt = now;
    this.window.tick(now);
    this.window.count(connection.dueAt, now);
    if (this.order.rate === null && !this.window.over) this.send(connection, now);
    else this.idle.push(connection);
  }

  failed(reason: string): void {
    this.failure ??= reason;
  }

  private async driveFullLoad(): Promise<void> {
    const first = this.idle;
    this.idle = [];
    for (const connection of first) this.send(connection, performance.now());
    while (this.idle.length < this.connections.length) {
      this.watch(performance.now());
      await sleep(WATCH_MS);
    }
  }

  /**
   * Requests fall due at even intervals whether or not earlier ones are answered, and latency counts from then: if the
   * load waited for a slow answer before it sent the next, it would not see what a pause does to those who come later.
   * A timer would be late by up to a millisecond, so this loop turns without rest on the load's own core.
   */
  private async driveConstantRate(startedAt: number, intervalMs: number): Promise<void> {
    let sent = 0;
    let dueAt = startedAt;
    while (!this.window.over || dueAt < this.window.end || this.idle.length < this.connections.length) {
      const now = performance.now();
      this.watch(now);
      this.window.tick(now);
      while (dueAt <= now && dueAt < this.window.end) {
        const connection = this.idle.shift();
        if (connection === undefined) break;
        this.send(connection, dueAt);
        sent++;
        dueAt = startedAt + sent * intervalMs;
      }
      await nextTurn();
    }
  }

  private windowFrom(startedAt: number): LoadWindow {
    return new LoadWindow(
      new ProcessUsage(this.order.serverPid),
      new CoreUsage(this.order.cores),
      startedAt,
      this.order,
    );
  }

  private send(connection: LoadConnection, dueAt: number): void {
    connection.dueAt = dueAt;
    connection.requestIndex = this.nextRequest;
    connection.send(this.requests.request(this.nextRequest));
    this.nextRequest++;
  }

  private watch(now: number): void {
    if (now - this.lastAnswerAt > STALL_LIMIT_MS) this.failure ??= 'the server stopped answering';
    if (this.failure !== undefined) throw new Error(this.failure);
  }

  private sample({ requestIndex, lastBody }: LoadConnection): TokenSample {
    return { ...this.requests.names(requestIndex), body: lastBody };
  }
}
