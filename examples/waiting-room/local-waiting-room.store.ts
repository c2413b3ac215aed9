import { LRUCache } from 'lru-cache';

import { KEPT_FOR_MS, WaitingRoomStore } from './waiting-room.store.js';

interface Room {
  readonly admitted: Set<string>;
  /** By identity, when it was kept last. */
  readonly waiting: Map<string, number>;
}

/** In the memory of one process. */
export class LocalWaitingRoomStore extends WaitingRoomStore {
  private readonly rooms = new LRUCache<string, Room>({ max: 1_000 });
  private changed: (room: string) => void = () => undefined;

  async keep(name: string, identity: string): Promise<void> {
    const { waiting } = this.room(name);
    const isNew = !waiting.has(identity);
    waiting.set(identity, Date.now());
    if (isNew) this.changed(name);
  }

  async leave(name: string, identity: string): Promise<void> {
    if (this.room(name).waiting.delete(identity)) this.changed(name);
  }

  async waiting(name: string): Promise<readonly string[]> {
    const { waiting } = this.room(name);
    for (const [identity, keptAt] of waiting) if (keptAt < Date.now() - KEPT_FOR_MS) waiting.delete(identity);
    return [...waiting.keys()].toSorted();
  }

  async admit(name: string, identity: string): Promise<void> {
    this.room(name).admitted.add(identity);
    this.changed(name);
  }

  async isAdmitted(name: string, identity: string): Promise<boolean> {
    return this.room(name).admitted.has(identity);
  }

  async close(name: string): Promise<void> {
    this.room(name).admitted.clear();
  }

  subscribe(changed: (room?: string) => void): void {
    this.changed = changed;
  }

  private room(name: string): Room {
    const room = this.rooms.get(name) ?? { admitted: new Set(), waiting: new Map() };
    this.rooms.set(name, room);
    return room;
  }
}
