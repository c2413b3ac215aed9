import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import type { Response } from 'express';

import type { Caller } from '../auth/caller.js';
import { CurrentCaller } from '../auth/current-caller.decorator.js';
import { Section } from '../openapi/documented.decorator.js';
import { RateLimited } from '../rate-limit/rate-limited.decorator.js';

import { AdmissionService } from './admission.service.js';
import { TokenRequestDto } from './dto/token-request.dto.js';
import { OpenViduReference } from './openvidu.documentation.js';
import { OpenViduFormat } from './openvidu.format.js';

@Section('Tokens')
@Controller('token')
@RateLimited()
export class TokenController {
  constructor(
    private readonly admissions: AdmissionService,
    private readonly format: OpenViduFormat,
  ) {}

  @Post()
  @HttpCode(200)
  @OpenViduReference()
  async create(
    @Body() { roomName, participantName }: TokenRequestDto,
    @CurrentCaller() caller: Caller,
    @Res() response: Response,
  ): Promise<void> {
    // The identity of a verified caller comes from the access token; the body may only name it.
    const requested = caller.kind === 'anonymous' ? { identity: participantName } : { name: participantName };
    const { token } = await this.admissions.admit(this.format.path, { caller, room: roomName, requested });
    this.format.renderToken(token, response);
  }
}
