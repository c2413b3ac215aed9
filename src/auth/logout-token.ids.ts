import { hash } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';

import { RedisClient } from '../redis/redis.client.js';

import type { LogoutToken } from './logout-token.js';
import { MAX_LOGOUT_TOKEN_AGE } from './logout-token.verifier.js';

/** For as long as a token can be accepted. The clock of the issuer may be 30 s ahead of or behind ours. */
export const REMEMBER_FOR_MS = (MAX_LOGOUT_TOKEN_AGE + 60) * 1000;

/** Takes some 15 MB when full. Only genuine tokens take a place. */
const MAX_IDS = 100_000;

const KEY_PREFIX = 'livekit-token-service:logout-token:';

/** Remembers the ids (`jti`) of logout tokens, so that each is accepted once: by all instances together if there is a Redis. */
@Injectable()
export class LogoutTokenIds {
  private readonly own = new LRUCache<string, true>({
    // Not `max`, for which the cache takes all of its memory at once.
    maxSize: MAX_IDS,
    sizeCalculation: () => 1,
    ttl: REMEMBER_FOR_MS,
  });

  constructor(private readonly redis: RedisClient) {}

  /** False if the token was claimed before. While Redis is unreachable, each instance goes by what it knows itself. */
  async claim(token: LogoutToken): Promise<boolean> {
    const key = keyOf(token);
    if (this.own.has(key)) return false;
    this.own.set(key, true);
    // `OK`, or null if the key exists. Undefined if Redis gave no reply.
    const reply = await this.redis.ask((connection) => connection.set(key, '', 'PX', REMEMBER_FOR_MS, 'NX'), 'SET');
    return reply !== null;
  }

  /** Lets a token be sent again whose logout did not take place. */
  async release(token: LogoutToken): Promise<void> {
    const key = keyOf(token);
    this.own.delete(key);
    await this.redis.ask((connection) => connection.del(key), 'DEL');
  }
}

/** Hashed: ids may have any length. */
const keyOf = ({ issuer, id }: LogoutToken): string =>
  KEY_PREFIX + hash('sha256', JSON.stringify([issuer, id]), 'base64url');
