/** Creates connections to Redis with short timeouts. The only file that imports ioredis. */
import { Redis, type RedisOptions } from 'ioredis';

/** Times in milliseconds. */
const OPTIONS = {
  lazyConnect: true,
  connectTimeout: 1_000,
  /** For commands that are not sent through RedisClient, which waits for less. */
  commandTimeout: 5_000,
  disconnectTimeout: 250,
  // Without a ready check, `times` starts again with each connection, also if Redis then refuses the password: hence no shorter pause.
  retryStrategy: (times) => Math.min(Math.max(times * 50, 250), 2_000),
  // Commands are neither queued nor repeated: the caller has continued without Redis, so the command would count twice.
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  // The ready check needs a permission that not every account has. A Redis that is loading rejects commands anyway.
  enableReadyCheck: false,
  // Without a ready check, ioredis 5 never reconnects if a connection closes while it waits for the reply to CLIENT SETINFO, or to CLIENT
  // SETNAME of `connectionName` (redis/ioredis#2099). Its `socketTimeout` may close the next connection (redis/ioredis#2147).
  disableClientInfo: true,
  // After a failover the connection may lead to a replica; a new connection leads to the primary.
  reconnectOnError: ({ message }) => message.includes('READONLY'),
} satisfies RedisOptions;

export type RedisConnection = Redis;

/** Not connected yet; `url` is REDIS_URL. */
export const connectionTo = (url: string): RedisConnection => new Redis(url, OPTIONS);
