/** Who waits before which room, and whom a host has let in. In this process alone: with several, keep it in a store they share. */
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';

/** Rooms that are looked after at once; the one that nobody has asked for longest is forgotten first. */
const MAX_ROOMS = 1_000;

/** Of one room, so that nobody fills the memory by asking under ever new identities. */
const MAX_WAITING = 200;

/** How long a request waits for a host before the client has to ask again, in milliseconds. */
export const PATIENCE_MS = 20_000;

interface Room {
  readonly admitted: Set<string>;
  /** By identity, what to call when it is decided. */
  readonly waiting: Map<string, Set<(admitted: boolean) => void>>;
}

@Injectable()
export class WaitingRoom implements BeforeApplicationShutdown {
  private readonly rooms = new LRUCache<string, Room>({ max: MAX_ROOMS });

  /** Resolves when a host lets the identity in: true; false when none did in time. */
  async admission(name: string, identity: string): Promise<boolean> {
    const { admitted, waiting } = this.room(name);
    if (admitted.has(identity)) return true;
    if (!waiting.has(identity) && waiting.size >= MAX_WAITING) return false;
    const askers = waiting.get(identity) ?? new Set();
    waiting.set(identity, askers);
    let decide: (admitted: boolean) => void = () => undefined;
    const decision = new Promise<boolean>((resolve) => {
      decide = resolve;
    });
    askers.add(decide);
    const patience = setTimeout(decide, PATIENCE_MS, false);
    const isAdmitted = await decision;
    clearTimeout(patience);
    askers.delete(decide);
    if (askers.size === 0) waiting.delete(identity);
    return isAdmitted;
  }

  /** The identities that wait, in the order in which they came. */
  waiting(name: string): readonly string[] {
    return [...this.room(name).waiting.keys()];
  }

  /** Lets the identity in, now or when it comes. */
  admit(name: string, identity: string): void {
    const { admitted, waiting } = this.room(name);
    admitted.add(identity);
    for (const decide of waiting.get(identity) ?? []) decide(true);
  }

  /** Nobody is admitted to the next meeting in a room of that name. */
  close(name: string): void {
    this.room(name).admitted.clear();
  }

  /** A stop does not wait for hosts. */
  beforeApplicationShutdown(): void {
    for (const { waiting } of this.rooms.values()) {
      for (const askers of waiting.values()) for (const decide of askers) decide(false);
    }
  }

  private room(name: string): Room {
    const room = this.rooms.get(name) ?? { admitted: new Set(), waiting: new Map() };
    this.rooms.set(name, room);
    return room;
  }
}
