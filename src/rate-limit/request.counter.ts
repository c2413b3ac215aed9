/** Counts requests by key, in windows of a minute that start with the first request of each key. */

export const WINDOW_SECONDS = 60;

/** Where a key stands after a request. */
export interface Count {
  /** Requests in the current window, this one and refused ones included. */
  readonly requests: number;
  /** Milliseconds until the window ends, and with it the count. */
  readonly endsInMs: number;
}

export abstract class RequestCounter {
  /** Counts one request. Beyond `limit` the count itself may be less than exact. Never fails. */
  abstract count(key: string, limit: number): Count | Promise<Count>;
}
