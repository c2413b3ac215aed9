/** Limits of connections; docs/operations.md documents them. Times in milliseconds. */
export interface ConnectionLimits {
  /** To receive the headers of a request; for the first, from the start of the connection. */
  readonly headersTimeout: number;
  /** To receive a whole request. The largest body takes well under a second on any line that carries a call. */
  readonly requestTimeout: number;
  /** Longer than the 60 s after which common load balancers close idle connections, so that no request meets a closed one. */
  readonly keepAliveTimeout: number;
  /** Accepts a request that was sent when `keepAliveTimeout` elapsed. Node versions without this option ignore it. */
  readonly keepAliveTimeoutBuffer: number;
  /** How often the first two are checked. */
  readonly connectionsCheckingInterval: number;
  /**
   * Closes a connection on which nothing moves while a request or a response is under way, such as one whose client does not read its
   * response. A team's long poll raises it by `response.setTimeout()`.
   */
  readonly inactivityTimeout: number;
  /** Requests of one connection that have no complete response. Clients that pipeline more are disconnected; common clients do not pipeline. */
  readonly maxPipelined: number;
  /** After a stop has begun, requests are still accepted for this long: clients that did not know of the stop have sent them. */
  readonly drainGrace: number;
  /** How long a stop waits for requests that were accepted, and for upgraded connections, before it cuts them. */
  readonly drainTimeout: number;
}

export const CONNECTION_LIMITS: ConnectionLimits = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 65_000,
  keepAliveTimeoutBuffer: 1_000,
  connectionsCheckingInterval: 1_000,
  inactivityTimeout: 60_000,
  maxPipelined: 16,
  drainGrace: 100,
  drainTimeout: 10_000,
};
