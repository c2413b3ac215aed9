import { Body, Controller, Get, HttpCode, Param, Post, UseGuards } from '@nestjs/common';

import { HostGuard } from '../hosts/host.guard.js';

import { AdmissionDto } from './waiting-room.dto.js';
import { WaitingRoomStore } from './waiting-room.store.js';

/** The routes of hosts. */
@UseGuards(HostGuard)
@Controller('waiting-rooms/:room')
export class WaitingRoomController {
  constructor(private readonly store: WaitingRoomStore) {}

  @Get()
  async list(@Param('room') room: string): Promise<{ waiting: readonly string[] }> {
    return { waiting: await this.store.waiting(room) };
  }

  @Post('admissions')
  @HttpCode(204)
  admit(@Param('room') room: string, @Body() { identity }: AdmissionDto): Promise<void> {
    return this.store.admit(room, identity);
  }
}
