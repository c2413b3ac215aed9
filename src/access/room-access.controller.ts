import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post } from '@nestjs/common';

import type { Caller } from '../auth/caller.js';
import { CurrentCaller } from '../auth/current-caller.decorator.js';
import { Section } from '../openapi/documented.decorator.js';
import { RateLimited } from '../rate-limit/rate-limited.decorator.js';

import { ROOM_ACCESS_PATH } from './access.routes.js';
import { ParticipantParams } from './dto/participant-params.dto.js';
import { ParticipantsDto } from './dto/participants.dto.js';
import { RemovalDto } from './dto/removal.dto.js';
import { RoomParams } from './dto/room-params.dto.js';
import { BanReference, EndReference, ListReference, RemovalReference } from './room-access.documentation.js';
import { RoomModeration } from './room-moderation.service.js';

@RateLimited()
@Section('Access')
@Controller(ROOM_ACCESS_PATH)
export class RoomAccessController {
  constructor(private readonly moderation: RoomModeration) {}

  @Get('participants')
  @Header('Cache-Control', 'no-store')
  @ListReference()
  async list(@Param() { room }: RoomParams, @CurrentCaller() caller: Caller): Promise<ParticipantsDto> {
    return ParticipantsDto.of(await this.moderation.participants(caller, room));
  }

  @Delete('participants/:identity')
  @HttpCode(204)
  @RemovalReference()
  remove(
    @Param() { room, identity }: ParticipantParams,
    @Body() { banSeconds }: RemovalDto,
    @CurrentCaller() caller: Caller,
  ): Promise<void> {
    return this.moderation.remove(caller, room, identity, banSeconds);
  }

  @Delete('bans/:identity')
  @HttpCode(204)
  @BanReference()
  lift(@Param() { room, identity }: ParticipantParams, @CurrentCaller() caller: Caller): Promise<void> {
    return this.moderation.lift(caller, room, identity);
  }

  @Post('end')
  @HttpCode(204)
  @EndReference()
  end(@Param() { room }: RoomParams, @CurrentCaller() caller: Caller): Promise<void> {
    return this.moderation.end(caller, room);
  }
}
