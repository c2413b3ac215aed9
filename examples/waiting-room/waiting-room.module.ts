import { Module } from '@nestjs/common';
import { RedisClient, RedisModule } from 'livekit-token-service/redis';

import { HostsModule } from '../hosts/hosts.module.js';

import { LocalWaitingRoomStore } from './local-waiting-room.store.js';
import { RedisWaitingRoomStore } from './redis-waiting-room.store.js';
import { RoomEndListener } from './room-end.listener.js';
import { WaitingRoomController } from './waiting-room.controller.js';
import { WaitingRoomGateway } from './waiting-room.gateway.js';
import { WaitingRoomPolicy } from './waiting-room.policy.js';
import { WaitingRoomStore } from './waiting-room.store.js';

/** With REDIS_URL, the instances of the service share the waiting rooms. */
function storeFor(redis: RedisClient): WaitingRoomStore {
  return redis.connection === undefined ? new LocalWaitingRoomStore() : new RedisWaitingRoomStore(redis);
}

/** Guests of `lobby-*` rooms wait until a host admits them. */
@Module({
  imports: [HostsModule, RedisModule],
  controllers: [WaitingRoomController],
  providers: [
    { provide: WaitingRoomStore, inject: [RedisClient], useFactory: storeFor },
    WaitingRoomGateway,
    WaitingRoomPolicy,
    RoomEndListener,
  ],
})
export class WaitingRoomModule {}
