/** The connection to Redis that features share: it never keeps a request waiting for long, fails no request, and comes back
 * by itself. */
import { isNativeError } from 'node:util/types';

import { Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';

import type { RedisConnection } from './redis.connection.js';

/** How often a Redis that failed is asked whether it is back. */
const REST_MS = 1_000;

export class RedisClient implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('Redis');
  private outage = false;
  private restUntil = 0;
  private stopped = false;

  /** The connection is undefined without REDIS_URL. It is for what is set up once; commands go through {@link ask}. */
  constructor(readonly connection: RedisConnection | undefined) {
    connection?.on('error', (error) => this.lost(reasonOf(error)));
    connection?.on('close', () => this.lost('the connection is closed'));
  }

  /** Waits for the first attempt, so that what is shared is shared from the first request on. A failure is no obstacle. */
  async onModuleInit(): Promise<void> {
    await this.connection?.connect().catch(() => undefined);
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    await this.connection?.quit().catch(() => this.connection?.disconnect());
  }

  /** Redis's answer to the command; undefined when there is none within the bound, which is logged once an outage. */
  async ask<Answer>(command: (connection: RedisConnection) => Promise<Answer>): Promise<Answer | undefined> {
    const { connection, outage } = this;
    if (connection?.status !== 'ready' || this.isResting()) return undefined;
    try {
      const answer = await command(connection);
      // Late answers to what was asked before the outage are no sign that it is over.
      if (outage) this.regained();
      return answer;
    } catch (error) {
      this.lost(reasonOf(error));
      return undefined;
    }
  }

  /** In an outage, one command in a while finds out for all others, which do not wait. */
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
    this.logger.warn('Redis does not answer; until it does, each process goes by what it knows itself', { reason });
  }

  private regained(): void {
    if (!this.outage) return;
    this.outage = false;
    this.logger.log('Redis answers again');
  }
}

/** Never the whole error: Redis quotes commands in its messages, and ioredis keeps them in its errors, passwords included. */
function reasonOf(error: unknown): string {
  if (!isNativeError(error)) return 'unknown';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.name === 'ReplyError' ? error.message.replace(/\s.*/s, '') : error.message;
}
