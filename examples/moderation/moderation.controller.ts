/** Routes of hosts: list and remove the participants of a room. */
import { Controller, Delete, Get, HttpCode, Param, UseGuards } from '@nestjs/common';

import { HostGuard } from '../hosts/host.guard.js';

import { ModerationService, type ParticipantView } from './moderation.service.js';

@UseGuards(HostGuard)
@Controller('moderation/rooms/:room/participants')
export class ModerationController {
  constructor(private readonly moderation: ModerationService) {}

  @Get()
  async list(@Param('room') room: string): Promise<{ participants: readonly ParticipantView[] }> {
    return { participants: await this.moderation.participants(room) };
  }

  @Delete(':identity')
  @HttpCode(204)
  remove(@Param('room') room: string, @Param('identity') identity: string): Promise<void> {
    return this.moderation.remove(room, identity);
  }
}
