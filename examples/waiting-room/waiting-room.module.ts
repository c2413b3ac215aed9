/** Joins to `lobby-*` rooms wait until a host admits them. */
import { Module } from '@nestjs/common';

import { HostsModule } from '../hosts/hosts.module.js';

import { RoomEndListener } from './room-end.listener.js';
import { WaitingRoomController } from './waiting-room.controller.js';
import { WaitingRoomPolicy } from './waiting-room.policy.js';
import { WaitingRoom } from './waiting-room.service.js';

@Module({
  imports: [HostsModule],
  controllers: [WaitingRoomController],
  providers: [WaitingRoom, WaitingRoomPolicy, RoomEndListener],
})
export class WaitingRoomModule {}
