/** Remembers handled events within this process, for as long as a signature can be good, and up to a number. */
import { LRUCache } from 'lru-cache';

import { deliveryKey } from './delivery.key.js';
import { type Claim, DeliveryStore } from './delivery.store.js';

/** LiveKit signs for 5 minutes, and WEBHOOK_TOLERANCE adds 5 at most. Its own repeats end within a minute. */
export const REMEMBER_FOR_MS = 15 * 60_000;

/** Two megabytes at most. */
export const MAX_EVENTS = 10_000;

export class LocalDeliveryStore extends DeliveryStore {
  /** By event id: `handled`, or the listeners that are done with an event that is not. */
  private readonly events = new LRUCache<string, 'handled' | readonly string[]>({
    max: MAX_EVENTS,
    ttl: REMEMBER_FOR_MS,
  });

  /** Never busy: who shares the process knows what it is handling. */
  override claim(id: string): Promise<Claim> {
    const known = this.events.get(deliveryKey(id)) ?? [];
    return Promise.resolve(known === 'handled' ? { state: 'handled' } : { state: 'claimed', done: known });
  }

  override handled(id: string): Promise<void> {
    this.events.set(deliveryKey(id), 'handled');
    return Promise.resolve();
  }

  override failed(id: string, done: readonly string[]): Promise<void> {
    this.events.set(deliveryKey(id), done);
    return Promise.resolve();
  }
}
