/** Creates connections to Redis with short timeouts. The only file that imports ioredis. */
import { Redis, type RedisOptions } from 'ioredis';

/** Times in milliseconds. */
const OPTIONS = {
  connectionName: 'livekit-token-service',
  lazyConnect: true,
  connectTimeout: 1_000,
  commandTimeout: 250,
  /** Closes a silent connection, and rejects its pending commands. */
  socketTimeout: 1_000,
  disconnectTimeout: 250,
  // Commands are neither queued nor repeated: the caller has continued without Redis, so the command would count twice.
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  // The ready check needs a permission that not every account has. A Redis that is loading rejects commands anyway.
  enableReadyCheck: false,
  // After a failover the connection may lead to a replica; a new connection leads to the primary.
  reconnectOnError: ({ message }) => message.includes('READONLY'),
} satisfies RedisOptions;

export type RedisConnection = Redis;

/** Not connected yet; `url` is REDIS_URL. */
export const connectionTo = (url: string): RedisConnection => new Redis(url, OPTIONS);
