/** POST /livekit/token: LiveKit's standard token endpoint, translated into a request to join. */
import { Body, Controller, Header, HttpCode, Post, UseGuards } from '@nestjs/common';

import { CurrentCaller } from '../auth/current-caller.decorator.js';
import type { Caller } from '../auth/caller.js';
import { Section } from '../http/documented.decorator.js';
import { RateLimited } from '../rate-limit/rate-limited.decorator.js';

import { TokenSourceRequestDto } from './dto/token-source-request.dto.js';
import { TokenSourceResponseDto } from './dto/token-source-response.dto.js';
import { JoinService } from './join.service.js';
import { ReservedKeysGuard } from './reserved-keys.guard.js';
import { TokenSourceContract } from './token-source.contract.js';
import { TokenSourceReference } from './token-source.documentation.js';
import { joinRequestOf } from './token-source.translation.js';

@Section('Tokens')
@Controller('livekit/token')
@RateLimited()
@UseGuards(ReservedKeysGuard)
export class TokenSourceController {
  constructor(
    private readonly joins: JoinService,
    private readonly contract: TokenSourceContract,
  ) {}

  @Post()
  @HttpCode(201)
  @Header('Cache-Control', 'no-store')
  @TokenSourceReference()
  async create(@Body() body: TokenSourceRequestDto, @CurrentCaller() caller: Caller): Promise<TokenSourceResponseDto> {
    const serverUrl = this.contract.serverUrl();
    const { token, terms } = await this.joins.admit(this.contract.path, joinRequestOf(body, caller));
    return {
      server_url: serverUrl,
      participant_token: token,
      // What LiveKit's own clients show: the identity where there is no name.
      participant_name: terms.name ?? terms.identity,
      room_name: terms.room,
    };
  }
}
