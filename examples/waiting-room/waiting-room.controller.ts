/** Routes of hosts: list and admit waiting participants. */
import { Body, Controller, Get, HttpCode, Param, Post, UseGuards } from '@nestjs/common';

import { HostGuard } from '../hosts/host.guard.js';

import { AdmissionDto } from './admission.dto.js';
import { WaitingRoom } from './waiting-room.service.js';

@UseGuards(HostGuard)
@Controller('waiting-rooms/:room')
export class WaitingRoomController {
  constructor(private readonly waitingRoom: WaitingRoom) {}

  @Get()
  list(@Param('room') room: string): { waiting: readonly string[] } {
    return { waiting: this.waitingRoom.waiting(room) };
  }

  @Post('admissions')
  @HttpCode(204)
  admit(@Param('room') room: string, @Body() { identity }: AdmissionDto): void {
    this.waitingRoom.admit(room, identity);
  }
}
