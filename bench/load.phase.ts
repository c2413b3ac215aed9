/** Puts one server under load for a while, as fast as it can or at a constant rate, and measures its answers. */
import { setImmediate as nextTurn } from 'node:timers/promises';

import { CoreUsage } from './core.usage.js';
import type { ConnectionPool } from './connection.pool.js';
import { GateSet } from './gate.set.js';
import type { ConnectionEvents, LoadConnection } from './load.connection.js';
import { LoadWindow, type WindowFigures, type WindowPlan } from './load.window.js';
import { ProcessUsage } from './process.usage.js';
import { RequestSet, type Names, type Requests } from './request.set.js';
import { WebhookSet } from './webhook.set.js';

/** Who asks, and for what. */
export interface Traffic {
  connections: number;
  /** Requests under way at full load, where that is not one for each connection; all of these are used in turn then. */
  inFlight?: number;
  /** How many of the connections carry requests, if not all; the rest are only open. */
  inUse?: number;
  /** Who asks for a token of which room, in turn. */
  names?: Names[];
  /** The access tokens that the requests bring in turn; none without them. */
  bearers?: string[];
  /** As many clients behind a proxy ask in turn. */
  addresses?: number;
  /** Webhooks in place of requests for tokens, with so many ids in turn. */
  events?: number;
  /** Who joins which room, event by event; without it, they are all of one join. */
  joins?: Names[];
  /** Questions for the gate in place of requests for tokens, about these in turn. */
  gateTokens?: string[];
  /** What the head of every answer must hold. */
  answerHead?: string;
}

export interface PhaseOrder extends Traffic, WindowPlan {
  port: number;
  serverPid: number;
  /** The cores of server and load, or none if they are not pinned. */
  cores: number[];
  /** Requests a second, or null for as many as the server takes. */
  rate: number | null;
  /** The number of the first request, where an earlier load has sent those before it. */
  firstRequest?: number;
  /** Whether its connections stay open for the next load at the same server. */
  keepOpen?: boolean;
}

export interface TokenSample extends Names {
  body: string;
}

export interface PhaseResult extends WindowFigures {
  /** All that were sent, and answered. */
  requests: number;
  /** The last answer of every connection, to be verified when nothing is being measured. */
  samples: TokenSample[];
}

const STALL_LIMIT_MS = 10_000;
const TOKEN_START = '"eyJ';

/** Made before anything is sent: while a server is measured the load has no time for it. */
export async function requestsFor(order: PhaseOrder): Promise<Requests> {
  if (order.gateTokens !== undefined) return new GateSet(order.port, order.gateTokens);
  if (order.events === undefined) return new RequestSet(order.port, order);
  const { firstRequest = 0, warmUpAnswers, mostAnswers = 0, connections } = order;
  // What is under way when the warm-up or the window ends comes on top.
  const count = warmUpAnswers + mostAnswers + 3 * connections;
  return WebhookSet.signed(order.port, order.events, firstRequest, count, order.joins);
}

export class LoadPhase implements ConnectionEvents {
  private connections: LoadConnection[] = [];
  private used: LoadConnection[] = [];
  private idle: LoadConnection[] = [];
  private window: LoadWindow;
  private nextRequest: number;
  private lastAnswerAt = 0;
  private failure: string | undefined;

  constructor(
    private readonly order: PhaseOrder,
    private readonly requests: Requests,
    private readonly pool: ConnectionPool,
  ) {
    this.nextRequest = order.firstRequest ?? 0;
    this.window = this.windowFrom(0);
  }

  async run(): Promise<PhaseResult> {
    const { port, connections, inUse, rate, gateTokens, answerHead = '', firstRequest = 0 } = this.order;
    const bodyStart = this.asksForTokens ? TOKEN_START : '';
    const expected = { status: gateTokens === undefined ? 200 : 204, bodyStart, head: answerHead };
    this.connections = await this.pool.take(port, connections, expected, this);
    this.used = this.connections.slice(0, inUse);
    this.idle = [...this.used];

    const startedAt = performance.now();
    this.window = this.windowFrom(startedAt);
    this.lastAnswerAt = startedAt;
    try {
      await (rate === null ? this.driveFullLoad() : this.driveConstantRate(startedAt, 1000 / rate));
    } finally {
      if (this.order.keepOpen === true && this.failure === undefined) this.pool.park(port, this.connections);
      else for (const connection of this.connections) connection.close();
    }
    return { ...this.window.figures(), requests: this.nextRequest - firstRequest, samples: this.samples() };
  }

  private get asksForTokens(): boolean {
    return this.order.events === undefined && this.order.gateTokens === undefined;
  }

  answered(connection: LoadConnection): void {
    const now = performance.now();
    this.lastAnswerAt = now;
    this.window.tick(now);
    this.window.count(connection.dueAt, now);
    this.idle.push(connection);
    if (this.order.rate === null && !this.window.over) this.sendNext(now);
  }

  failed(reason: string): void {
    this.failure ??= reason;
  }

  /**
   * Turns without rest on the load's own core: on one machine, a server that answers a load that sleeps spends its time on
   * waking it, the more the slower it is, and a client on another machine asks that of nobody.
   */
  private async driveFullLoad(): Promise<void> {
    const { inFlight = this.used.length } = this.order;
    for (let i = 0; i < inFlight; i++) this.sendNext(performance.now());
    while (this.idle.length < this.used.length) {
      this.watch(performance.now());
      await nextTurn();
    }
  }

  /**
   * Requests fall due at even intervals whether or not earlier ones are answered, and latency counts from then: if the
   * load waited for a slow answer before it sent the next, it would not see what a pause does to those who come later.
   * A timer would be late by up to a millisecond, so this loop does not rest either.
   */
  private async driveConstantRate(startedAt: number, intervalMs: number): Promise<void> {
    let sent = 0;
    let dueAt = startedAt;
    while (!this.window.over || dueAt < this.window.end || this.idle.length < this.used.length) {
      const now = performance.now();
      this.watch(now);
      this.window.tick(now);
      while (dueAt <= now && dueAt < this.window.end) {
        if (!this.sendNext(dueAt)) break;
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

  /** By the connection that has been idle the longest. */
  private sendNext(dueAt: number): boolean {
    const connection = this.idle.shift();
    if (connection !== undefined) this.send(connection, dueAt);
    return connection !== undefined;
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

  private samples(): TokenSample[] {
    if (!this.asksForTokens) return [];
    const answered = this.used.filter(({ lastBody }) => lastBody !== '');
    return answered.map(({ requestIndex, lastBody }) => ({ ...this.requests.names(requestIndex), body: lastBody }));
  }
}
