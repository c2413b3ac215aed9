/** Counts requests by key, in windows of one minute that begin with the first request of the key. */

export const WINDOW_SECONDS = 60;

/** The count of a key after a request. */
export interface Count {
  /** Requests in the current window, including this one and refused ones. */
  readonly requests: number;
  /** Milliseconds until the window ends. */
  readonly endsInMs: number;
}

export abstract class RequestCounter {
  /** Counts one request. Beyond `limit` the count may be inexact. Does not reject. */
  abstract count(key: string, limit: number): Count | Promise<Count>;
}
