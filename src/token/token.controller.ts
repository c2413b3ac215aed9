/** POST /token: OpenVidu's contract, translated into a request to join. */
import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';

import { callerOf } from '../auth/current-caller.decorator.js';
import { Section } from '../http/documented.decorator.js';
import { RateLimited } from '../rate-limit/rate-limited.decorator.js';

import { TokenRequestDto } from './dto/token-request.dto.js';
import { JoinService } from './join.service.js';
import { OpenViduContract } from './openvidu.contract.js';
import { OpenViduReference } from './openvidu.documentation.js';

@Section('Tokens')
@Controller('token')
@RateLimited()
export class TokenController {
  constructor(
    private readonly joins: JoinService,
    private readonly contract: OpenViduContract,
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
    const wishes = caller.kind === 'anonymous' ? { identity: participantName } : { name: participantName };
    const { token } = await this.joins.admit(this.contract.path, { caller, room: roomName, wishes });
    this.contract.renderToken(token, response);
  }
}
