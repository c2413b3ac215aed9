/** Remembers whom a host has removed from which room, for a while. In this process alone: with several, share the store. */
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';

/** Longer than any token lives that was signed before the removal, at the default TOKEN_TTL and LiveKit's own ten minutes. */
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

/** Both names may hold any sign that could stand between them. */
const keyOf = (room: string, identity: string): string => JSON.stringify([room, identity]);
