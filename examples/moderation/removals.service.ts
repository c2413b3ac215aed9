/** Remembers removals in this process. Several instances need a shared store. */
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';

/** Longer than the default TOKEN_TTL and the tokens by which LiveKit lets clients reconnect, 10 minutes each. */
const REMEMBERED_MS = 15 * 60_000;

const MAX_REMOVALS = 10_000;

@Injectable()
export class Removals {
  private readonly removed = new LRUCache<string, true>({ max: MAX_REMOVALS, ttl: REMEMBERED_MS });

  add(room: string, identity: string): void {
    this.removed.set(keyOf(room, identity), true);
  }

  include(room: string, identity: string): boolean {
    return this.removed.has(keyOf(room, identity));
  }
}

/** JSON, because names may contain any separator. */
const keyOf = (room: string, identity: string): string => JSON.stringify([room, identity]);
