/** Waiting and admitted participants of each room, in this process. Several instances need a shared store. */
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';

/** Beyond this number, the least recently used room is dropped. */
const MAX_ROOMS = 1_000;

/** Identities that wait for one room. Bounds the memory if a client requests tokens under many identities. */
const MAX_WAITING = 200;

/** How long a request waits for a host, in milliseconds. After that, the client has to send it again. */
export const PATIENCE_MS = 20_000;

interface Room {
  readonly admitted: Set<string>;
  /** By identity: the callbacks of the waiting requests. */
  readonly waiting: Map<string, Set<(admitted: boolean) => void>>;
}

@Injectable()
export class WaitingRoom implements BeforeApplicationShutdown {
  private readonly rooms = new LRUCache<string, Room>({ max: MAX_ROOMS });

  /** Resolves to true when a host admits the identity, and to false after {@link PATIENCE_MS}. */
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

  /** The identities that wait, in order of arrival. */
  waiting(name: string): readonly string[] {
    return [...this.room(name).waiting.keys()];
  }

  /** Admits the identity, also before it requests a token. */
  admit(name: string, identity: string): void {
    const { admitted, waiting } = this.room(name);
    admitted.add(identity);
    for (const decide of waiting.get(identity) ?? []) decide(true);
  }

  /** Ends all admissions: the next meeting in a room of that name starts without any. */
  close(name: string): void {
    this.room(name).admitted.clear();
  }

  /** Waiting requests must not delay a shutdown. */
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
