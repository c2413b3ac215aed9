/** POST /livekit/token: LiveKit's standard token endpoint, translated into a request to join. */
import { Body, Header, HttpCode, Post, UseGuards } from '@nestjs/common';

import type { Request } from 'express';

import { CurrentCaller } from '../auth/current-caller.decorator.js';
import type { Caller } from '../auth/caller.js';
import { Section } from '../openapi/documented.decorator.js';
import { RateLimited } from '../rate-limit/rate-limited.decorator.js';

import { TokenSourceRequestDto } from './dto/token-source-request.dto.js';
import { TokenSourceResponseDto } from './dto/token-source-response.dto.js';
import { AdmissionService } from './admission.service.js';
import { bodyOf } from './request-body.js';
import { ReservedKeysGuard } from './reserved-keys.guard.js';
import { ServerUrl } from './server-url.service.js';
import { TokenRoute } from './token-route.decorator.js';
import { TokenSourceReference } from './token-source.documentation.js';
import { admissionRequestOf } from './token-source.translation.js';

const PATH = '/livekit/token';

function asked(request: Request): { readonly room?: unknown; readonly identity?: unknown } {
  const { room_name: room, participant_identity: identity } = bodyOf(request);
  return { room, identity };
}

@Section('Tokens')
@TokenRoute(PATH, { asked })
@RateLimited()
@UseGuards(ReservedKeysGuard)
export class TokenSourceController {
  constructor(
    private readonly admissions: AdmissionService,
    private readonly serverUrl: ServerUrl,
  ) {}

  @Post()
  @HttpCode(201)
  @Header('Cache-Control', 'no-store')
  @TokenSourceReference()
  async create(@Body() body: TokenSourceRequestDto, @CurrentCaller() caller: Caller): Promise<TokenSourceResponseDto> {
    const serverUrl = this.serverUrl.get();
    const { token, terms } = await this.admissions.admit({ route: PATH, ...admissionRequestOf(body, caller) });
    return {
      server_url: serverUrl,
      participant_token: token,
      // What LiveKit's own clients show: the identity where there is no name.
      participant_name: terms.name ?? terms.identity,
      room_name: terms.room,
    };
  }
}
