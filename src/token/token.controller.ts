import { Body, HttpCode, Post, Res } from '@nestjs/common';
import type { Response } from 'express';

import type { Caller } from '../auth/caller.js';
import { CurrentCaller } from '../auth/current-caller.decorator.js';
import { Section } from '../openapi/documented.decorator.js';
import { RateLimited } from '../rate-limit/rate-limited.decorator.js';

import { AdmissionService } from './admission.service.js';
import { TokenRequestDto } from './dto/token-request.dto.js';
import { OpenViduReference } from './openvidu.documentation.js';
import { OpenViduFormat } from './openvidu.format.js';
import { admissionRequestOf, askedFor } from './openvidu.translation.js';
import { TokenRoute } from './token-route.decorator.js';

const PATH = '/token';

@Section('Tokens')
@TokenRoute(PATH, { asked: askedFor, errors: OpenViduFormat })
export class TokenController {
  constructor(
    private readonly admissions: AdmissionService,
    private readonly format: OpenViduFormat,
  ) {}

  @Post()
  @HttpCode(200)
  @RateLimited()
  @OpenViduReference()
  async create(
    @Body() body: TokenRequestDto,
    @CurrentCaller() caller: Caller,
    @Res() response: Response,
  ): Promise<void> {
    const { token } = await this.admissions.admit({ route: PATH, ...admissionRequestOf(body, caller) });
    this.format.renderToken(token, response);
  }
}
