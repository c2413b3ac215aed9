/** A connection to Redis that gives up soon and comes back by itself; the only file that makes one by the library. */
import { Redis, type RedisOptions } from 'ioredis';

/** Times in milliseconds. */
const OPTIONS = {
  connectionName: 'livekit-token-service',
  lazyConnect: true,
  connectTimeout: 1_000,
  commandTimeout: 250,
  /** Silence this long means that no answer will come: the connection is given up, and with it all that it owes. */
  socketTimeout: 1_000,
  disconnectTimeout: 250,
  // What Redis cannot do now is done without it: a command that waits or is sent again would be done twice.
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  // It takes a permission that not every account has, and a Redis that is loading says so to each command anyway.
  enableReadyCheck: false,
  // After a failover the connection may lead to what has become a replica; a new one leads to the primary.
  reconnectOnError: ({ message }) => message.includes('READONLY'),
} satisfies RedisOptions;

export type RedisConnection = Redis;

/** Not connected yet; `url` is REDIS_URL. */
export const connectionTo = (url: string): RedisConnection => new Redis(url, OPTIONS);
