/** The port to what remembers which events were handled, so that one that LiveKit repeats is handled once. */

/** What may be done with an event that arrived. */
export type Claim =
  /** Handle it; these listeners, by name, are done with it since an earlier attempt. */
  | { readonly state: 'claimed'; readonly done: readonly string[] }
  /** It was handled. */
  | { readonly state: 'handled' }
  /** Another instance is handling it at this time. */
  | { readonly state: 'busy' };

/** None of these throws: a memory that is out of reach must not keep events from their listeners. */
export abstract class DeliveryStore {
  /** Looks the event up by its id, and claims it for the caller if it is to be handled. */
  abstract claim(id: string): Promise<Claim>;
  /** Remembers a claimed event as handled. */
  abstract handled(id: string): Promise<void>;
  /** Gives a claimed event back: it is not handled, but for these listeners. */
  abstract failed(id: string, done: readonly string[]): Promise<void>;
}
