import { Controller, Get, Header, Query } from '@nestjs/common';

import { RoomAdmins } from '../access/room-admins.service.js';
import type { Caller } from '../auth/caller.js';
import { CurrentCaller } from '../auth/current-caller.decorator.js';
import { Section } from '../openapi/documented.decorator.js';
import { RateLimited } from '../rate-limit/rate-limited.decorator.js';

import { JourneyDto } from './dto/journey.dto.js';
import { JourneyQuery } from './dto/journey-query.dto.js';
import { JourneyReference } from './journey.documentation.js';
import { JOURNEY_PATH } from './journey.routes.js';
import { JourneyService } from './journey.service.js';

@RateLimited()
@Section('Access')
@Controller(JOURNEY_PATH)
export class JourneyController {
  constructor(
    private readonly admins: RoomAdmins,
    private readonly journeys: JourneyService,
  ) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  @JourneyReference()
  async tell(@Query() { room, identity }: JourneyQuery, @CurrentCaller() caller: Caller): Promise<JourneyDto> {
    await this.admins.demand(caller, room);
    return JourneyDto.of(await this.journeys.tell(room, identity, (other) => this.admins.includes(caller, other)));
  }
}
