import { LRUCache } from 'lru-cache';

import { deliveryKey } from './delivery.key.js';
import { type Claim, DeliveryStore } from './delivery.store.js';

/** LiveKit signs for 5 minutes, and WEBHOOK_TOLERANCE adds 5 at most. Its own repeats end within a minute. */
export const REMEMBER_FOR_MS = 15 * 60_000;

/** Takes 2 MB when full. */
export const MAX_EVENTS = 10_000;

export class LocalDeliveryStore extends DeliveryStore {
  /** Event id to `handled`, or to the listeners that succeeded before another one failed. */
  private readonly events = new LRUCache<string, 'handled' | readonly string[]>({
    max: MAX_EVENTS,
    ttl: REMEMBER_FOR_MS,
  });

  /** Never `busy`: `WebhookDeliveries` joins deliveries of the same process by itself. */
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
