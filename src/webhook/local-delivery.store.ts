import { LRUCache } from 'lru-cache';

import { deliveryKey } from './delivery.key.js';
import { type Claim, DeliveryStore } from './delivery.store.js';
import { MAX_TOLERANCE, MAX_VALIDITY } from './webhook.verifier.js';

/**
 * As long as any signature is accepted: 70 minutes. The tolerance counts twice, once for the largest `exp` that is accepted and once after
 * it.
 */
export const REMEMBER_FOR_MS = (MAX_VALIDITY + 2 * MAX_TOLERANCE) * 1000;

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
