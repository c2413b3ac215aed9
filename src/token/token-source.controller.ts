/** POST /livekit/token: LiveKit's standard token endpoint, translated into a request to join. */
import { Body, Controller, Header, HttpCode, Post, UseGuards } from '@nestjs/common';

import { CurrentCaller } from '../auth/current-caller.decorator.js';
import type { Caller } from '../auth/caller.js';
import { Section } from '../openapi/documented.decorator.js';
import { RateLimited } from '../rate-limit/rate-limited.decorator.js';

import { TokenSourceRequestDto } from './dto/token-source-request.dto.js';
import { TokenSourceResponseDto } from './dto/token-source-response.dto.js';
import { AdmissionService } from './admission.service.js';
import { ReservedKeysGuard } from './reserved-keys.guard.js';
import { TokenSourceFormat } from './token-source.format.js';
import { TokenSourceReference } from './token-source.documentation.js';
import { admissionRequestOf } from './token-source.translation.js';

@Section('Tokens')
@Controller('livekit/token')
@RateLimited()
@UseGuards(ReservedKeysGuard)
export class TokenSourceController {
  constructor(
    private readonly admissions: AdmissionService,
    private readonly format: TokenSourceFormat,
  ) {}

  @Post()
  @HttpCode(201)
  @Header('Cache-Control', 'no-store')
  @TokenSourceReference()
  async create(@Body() body: TokenSourceRequestDto, @CurrentCaller() caller: Caller): Promise<TokenSourceResponseDto> {
    const serverUrl = this.format.serverUrl();
    const { token, terms } = await this.admissions.admit(this.format.path, admissionRequestOf(body, caller));
    return {
      server_url: serverUrl,
      participant_token: token,
      // What LiveKit's own clients show: the identity where there is no name.
      participant_name: terms.name ?? terms.identity,
      room_name: terms.room,
    };
  }
}
