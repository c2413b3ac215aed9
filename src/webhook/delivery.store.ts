/** Whether an event that arrived is to be handled. */
export type Claim =
  /** Handle it. The listeners in `done` (by name) succeeded in an earlier attempt. */
  | { readonly state: 'claimed'; readonly done: readonly string[] }
  /** A duplicate of an event that was handled. */
  | { readonly state: 'handled' }
  /** Another instance is handling it. */
  | { readonly state: 'busy' };

/**
 * Remembers which events were handled, so that an event that LiveKit sends again is handled once. No method throws: an
 * unreachable store must not keep events from their listeners.
 */
export abstract class DeliveryStore {
  /** Looks up the event by its id and claims it, unless it was handled or is being handled. */
  abstract claim(id: string): Promise<Claim>;
  /** Marks a claimed event as handled. */
  abstract handled(id: string): Promise<void>;
  /** Releases the claim. `done` lists the listeners that succeeded and are not called again. */
  abstract failed(id: string, done: readonly string[]): Promise<void>;
}
