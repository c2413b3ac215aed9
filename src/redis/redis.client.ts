/** The connection to Redis that features share: it never keeps a request waiting for long, fails no request, and comes back
 * by itself. */
import { isNativeError } from 'node:util/types';

import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { Redis, type RedisOptions } from 'ioredis';

import type { Environment } from '../config/environment.js';

/** Times in milliseconds. */
const OPTIONS = {
  connectionName: 'livekit-token-service',
  lazyConnect: true,
  connectTimeout: 1_000,
  commandTimeout: 250,
  /** Silence this long means that no answer will come: the connection is given up, and with it all that it owes. */
  socketTimeout: 1_000,
  disconnectTimeout: 250,
  // What Redis cannot do now is done without it: a command that waits or is sent again would be done twice.
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  // It takes a permission that not every account has, and a Redis that is loading says so to each command anyway.
  enableReadyCheck: false,
  // After a failover the connection may lead to what has become a replica; a new one leads to the primary.
  reconnectOnError: ({ message }) => message.includes('READONLY'),
} satisfies RedisOptions;

/** How often a Redis that failed is asked whether it is back. */
const REST_MS = 1_000;

@Injectable()
export class RedisClient implements OnModuleInit, OnApplicationShutdown {
  /** Undefined without REDIS_URL. For what is set up once; commands go through {@link ask}. */
  readonly connection: Redis | undefined;
  private readonly logger = new Logger('Redis');
  private outage = false;
  private restUntil = 0;
  private stopped = false;

  constructor(config: ConfigService<Environment, true>) {
    const url = config.get('REDIS_URL', { infer: true });
    if (url === undefined) return;
    this.connection = new Redis(url, OPTIONS)
      .on('error', (error) => this.lost(reasonOf(error)))
      .on('close', () => this.lost('the connection is closed'));
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
  async ask<Answer>(command: (connection: Redis) => Promise<Answer>): Promise<Answer | undefined> {
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
