import { ServiceUnavailableException } from '@nestjs/common';
import type { RedisClient } from 'livekit-token-service/redis';

import { KEPT_FOR_MS, WaitingRoomStore } from './waiting-room.store.js';

const CHANNEL = 'waiting-room:changed';

/** Admissions end with the room. This is for rooms whose end no webhook has told. */
const FORGOTTEN_AFTER_S = 24 * 3600;

const waitingKey = (room: string): string => `waiting-room:${room}:waiting`;
const admittedKey = (room: string): string => `waiting-room:${room}:admitted`;

type Connection = Parameters<Parameters<RedisClient['ask']>[0]>[0];

/** In Redis, for all instances. Throws WAITING_ROOM_UNAVAILABLE (503) while Redis is unavailable. */
export class RedisWaitingRoomStore extends WaitingRoomStore {
  constructor(private readonly redis: RedisClient) {
    super();
  }

  async keep(room: string, identity: string): Promise<void> {
    const added = await this.ask((redis) => redis.zadd(waitingKey(room), Date.now(), identity));
    await this.ask((redis) => redis.expire(waitingKey(room), FORGOTTEN_AFTER_S));
    if (added === 1) await this.publish(room);
  }

  async leave(room: string, identity: string): Promise<void> {
    await this.ask((redis) => redis.zrem(waitingKey(room), identity));
    await this.publish(room);
  }

  /** Guests of an instance that has crashed are not kept. */
  async waiting(room: string): Promise<readonly string[]> {
    const since = Date.now() - KEPT_FOR_MS;
    await this.ask((redis) => redis.zremrangebyscore(waitingKey(room), '-inf', since));
    return (await this.ask((redis) => redis.zrange(waitingKey(room), 0, -1))).toSorted();
  }

  async admit(room: string, identity: string): Promise<void> {
    await this.ask((redis) => redis.sadd(admittedKey(room), identity));
    await this.ask((redis) => redis.expire(admittedKey(room), FORGOTTEN_AFTER_S));
    await this.publish(room);
  }

  async isAdmitted(room: string, identity: string): Promise<boolean> {
    return (await this.ask((redis) => redis.sismember(admittedKey(room), identity))) === 1;
  }

  async close(room: string): Promise<void> {
    await this.ask((redis) => redis.del(admittedKey(room)));
  }

  subscribe(changed: (room?: string) => void): void {
    this.redis.subscribe(CHANNEL, changed);
  }

  private async publish(room: string): Promise<void> {
    await this.ask((redis) => redis.publish(CHANNEL, room));
  }

  private async ask<Answer>(command: (redis: Connection) => Promise<Answer>): Promise<Answer> {
    const answer = await this.redis.ask(command);
    if (answer !== undefined) return answer;
    throw new ServiceUnavailableException('The waiting room is unavailable.', {
      errorCode: 'WAITING_ROOM_UNAVAILABLE',
    });
  }
}
