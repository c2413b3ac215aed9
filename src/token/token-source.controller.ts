/** POST /livekit/token: LiveKit's standard token endpoint, translated into a request to join. */
import { Body, Header, HttpCode, Post, UseGuards } from '@nestjs/common';

import { CurrentCaller } from '../auth/current-caller.decorator.js';
import type { Caller } from '../auth/caller.js';
import { Section } from '../openapi/documented.decorator.js';
import { RateLimited } from '../rate-limit/rate-limited.decorator.js';

import { TokenSourceRequestDto } from './dto/token-source-request.dto.js';
import { TokenSourceResponseDto } from './dto/token-source-response.dto.js';
import { AdmissionService } from './admission.service.js';
import { ReservedKeysGuard } from './reserved-keys.guard.js';
import { ServerUrl } from './server-url.service.js';
import { TokenRoute } from './token-route.decorator.js';
import { TokenSourceReference } from './token-source.documentation.js';
import { admissionRequestOf, askedFor, responseOf } from './token-source.translation.js';

const PATH = '/livekit/token';

@Section('Tokens')
@TokenRoute(PATH, { asked: askedFor })
@UseGuards(ReservedKeysGuard)
export class TokenSourceController {
  constructor(
    private readonly admissions: AdmissionService,
    private readonly serverUrl: ServerUrl,
  ) {}

  @Post()
  @HttpCode(201)
  @RateLimited()
  @Header('Cache-Control', 'no-store')
  @TokenSourceReference()
  async create(@Body() body: TokenSourceRequestDto, @CurrentCaller() caller: Caller): Promise<TokenSourceResponseDto> {
    const serverUrl = this.serverUrl.get();
    return responseOf(serverUrl, await this.admissions.admit({ route: PATH, ...admissionRequestOf(body, caller) }));
  }
}
