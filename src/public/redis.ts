export { RedisClient } from '../redis/redis.client.js';
export type { RedisConnection } from '../redis/redis.connection.js';
export { RedisModule } from '../redis/redis.module.js';
