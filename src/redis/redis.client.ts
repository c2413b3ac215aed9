/** The shared connection to Redis. Commands time out after 250 ms and never throw; the connection is restored automatically. */
import { isNativeError } from 'node:util/types';

import { Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';

import { inSpan, SpanKind, type SpanSettings } from '../telemetry/tracing.js';

import { CommandTimeout, inTime } from './command-timeout.js';
import type { RedisConnection } from './redis.connection.js';

const CONNECTION_NAME = 'livekit-token-service';

/** How often a command is tried during an outage. */
const REST_MS = 1_000;

/** OpenTelemetry's name. */
const SYSTEM = 'redis';

/** How long a connection may be silent. */
const PROBE_MS = 1_000;

/** How often a subscription is checked. */
const HEARTBEAT_MS = 5_000;

export class RedisClient implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('Redis');
  private outage = false;
  private restUntil = 0;
  /** Whether Redis has responded on the present connection, and is not known to have fallen silent since. */
  private responsive = false;
  /** Ends once it is known whether Redis responds. */
  private probe: Promise<void> | undefined;
  private stopped = false;
  private readonly subscriptions: { readonly connection: RedisConnection; readonly timer: NodeJS.Timeout }[] = [];

  /** `connection` is undefined without REDIS_URL. Send commands through {@link ask}; use the connection for setup only. */
  constructor(readonly connection: RedisConnection | undefined) {
    connection?.on('error', (error) => this.lost(reasonOf(error)));
    connection?.on('ready', () => void this.check(connection));
    connection?.on('close', () => {
      this.responsive = false;
      this.lost('the connection is closed');
    });
  }

  /** Waits for the first attempt, so that state is shared from the first request on. A failure does not stop the start. */
  async onModuleInit(): Promise<void> {
    await this.connection?.connect().catch(() => undefined);
    await this.probe;
  }

  /**
   * Calls `heard` for each message, and without one each time the subscription begins: earlier messages are lost. Opens another
   * connection, which reconnects by itself. The function that it returns says whether messages arrive at present.
   */
  subscribe(channel: string, heard: (message?: string) => void): () => boolean {
    if (this.connection === undefined) return () => false;
    let hears = false;
    const subscriber = this.connection.duplicate({ autoResubscribe: false });
    // The connection for commands logs the same failures.
    subscriber.on('error', () => undefined);
    subscriber.on('ready', () => {
      nameOf(subscriber).catch(() => undefined);
      inTime(subscriber.subscribe(channel), PROBE_MS).then(
        () => {
          hears = true;
          return heard();
        },
        () => replace(subscriber),
      );
    });
    subscriber.on('close', () => {
      hears = false;
    });
    subscriber.on('message', (_channel: string, message: string) => heard(message));
    // A subscription that has died without a word is noticed by this alone.
    const timer = setInterval(() => {
      if (subscriber.status === 'ready') inTime(subscriber.ping(), PROBE_MS).catch(() => replace(subscriber));
    }, HEARTBEAT_MS).unref();
    this.subscriptions.push({ connection: subscriber, timer });
    void subscriber.connect().catch(() => undefined);
    return () => hears;
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    for (const { connection, timer } of this.subscriptions) {
      clearInterval(timer);
      connection.disconnect();
    }
    const { connection } = this;
    if (connection !== undefined) await inTime(connection.quit()).catch(() => connection.disconnect());
  }

  /**
   * Returns the result of the command, or undefined if Redis fails or times out. Logs once an outage. `operation` names the command in
   * traces, such as `HGETALL`.
   */
  async ask<Answer>(
    command: (connection: RedisConnection) => Promise<Answer>,
    operation?: string,
  ): Promise<Answer | undefined> {
    const { connection, outage } = this;
    if (connection === undefined || !this.responsive || this.isResting()) return undefined;
    try {
      const answer = await inSpan(
        operation ?? SYSTEM,
        () => this.spanSettings(operation),
        () => inTime(command(connection)),
      );
      // Neither a late reply to a command from before the outage ends it, nor one of a connection that is being replaced.
      if (outage && this.responsive) this.regained();
      return answer;
    } catch (error) {
      this.lost(reasonOf(error));
      if (error instanceof CommandTimeout) void this.check(connection);
      return undefined;
    }
  }

  /** Runs a Lua script; otherwise as {@link ask}. */
  run(script: string, keys: readonly string[], ...values: readonly (string | number)[]): Promise<unknown> {
    return this.ask((connection) => connection.eval(script, keys.length, ...keys, ...values), 'EVAL');
  }

  private async check(connection: RedisConnection): Promise<void> {
    await (this.probe ??= this.probeOnce(connection));
  }

  /** Replaces a connection that stays silent. Redis replies in order: no earlier command is pending once this one has its reply. */
  private async probeOnce(connection: RedisConnection): Promise<void> {
    try {
      await inTime(nameOf(connection), PROBE_MS);
      this.responsive = true;
    } catch (error) {
      this.responsive = isReply(error);
      if (this.responsive) return;
      this.lost(reasonOf(error));
      replace(connection);
    } finally {
      this.probe = undefined;
    }
  }

  /** By OpenTelemetry's conventions for Redis. Keys and values are not recorded. */
  private spanSettings(operation: string | undefined): SpanSettings {
    const { host = '', port = 0 } = this.connection?.options ?? {};
    return {
      kind: SpanKind.CLIENT,
      attributes: {
        'db.system.name': SYSTEM,
        'server.address': host,
        'server.port': port,
        ...(operation !== undefined && { 'db.operation.name': operation }),
      },
    };
  }

  /** During an outage, one command each second tries Redis; all others return at once. */
  private isResting(): boolean {
    if (!this.outage) return false;
    const now = performance.now();
    if (now < this.restUntil) return true;
    this.restUntil = now + REST_MS;
    return false;
  }

  private lost(reason: string): void {
    if (this.stopped || this.outage) return;
    this.outage = true;
    this.logger.warn('Redis is unavailable; until it is back, each process uses its own state', { reason });
  }

  private regained(): void {
    if (!this.outage) return;
    this.outage = false;
    this.logger.log('Redis is available again');
  }
}

/** An error that Redis replied with, such as a missing permission. */
const isReply = (error: unknown): boolean => isNativeError(error) && error.name === 'ReplyError';

/** Names the connection in Redis's CLIENT LIST. */
const nameOf = (connection: RedisConnection): Promise<unknown> => connection.client('SETNAME', CONNECTION_NAME);

/** ioredis opens another one. One that is already closed is replaced anyway. */
function replace(connection: RedisConnection): void {
  if (connection.status === 'ready') connection.disconnect(true);
}

/** Not the whole error: messages of Redis quote commands, and errors of ioredis contain them, with passwords. */
function reasonOf(error: unknown): string {
  if (!isNativeError(error)) return 'unknown';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.name === 'ReplyError' ? error.message.replace(/\s.*/s, '') : error.message;
}
