/** POST /token: OpenVidu's contract, translated into a request to join. */
import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';

import { callerOf } from '../auth/current-caller.decorator.js';
import { Section } from '../openapi/documented.decorator.js';
import { RateLimited } from '../rate-limit/rate-limited.decorator.js';

import { TokenRequestDto } from './dto/token-request.dto.js';
import { AdmissionService } from './admission.service.js';
import { OpenViduFormat } from './openvidu.format.js';
import { OpenViduReference } from './openvidu.documentation.js';

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
    // Not @CurrentCaller(): what a decorator of that kind gives is led through every pipe.
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const caller = callerOf(request);
    // An anonymous caller is who it says it is; of a verified one, the issuer says who, and the body only how to call it.
    const requested = caller.kind === 'anonymous' ? { identity: participantName } : { name: participantName };
    const { token } = await this.admissions.admit(this.format.path, { caller, room: roomName, requested });
    this.format.renderToken(token, response);
  }
}
