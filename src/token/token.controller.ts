import { Body, HttpCode, Post, Res } from '@nestjs/common';
import type { Request, Response } from 'express';

import type { Caller } from '../auth/caller.js';
import { CurrentCaller } from '../auth/current-caller.decorator.js';
import { Section } from '../openapi/documented.decorator.js';
import { RateLimited } from '../rate-limit/rate-limited.decorator.js';

import { AdmissionService } from './admission.service.js';
import { TokenRequestDto } from './dto/token-request.dto.js';
import { OpenViduReference } from './openvidu.documentation.js';
import { OpenViduFormat } from './openvidu.format.js';
import { bodyOf } from './request-body.js';
import { TokenRoute } from './token-route.decorator.js';

const PATH = '/token';

function asked(request: Request): { readonly room?: unknown; readonly identity?: unknown } {
  const { roomName: room, participantName: identity } = bodyOf(request);
  return { room, identity };
}

@Section('Tokens')
@TokenRoute(PATH, { asked, errors: OpenViduFormat })
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
    // The identity of a verified caller comes from the access token, unless the caller may act for participants.
    const isIdentity = caller.kind === 'anonymous' || caller.mayActFor !== undefined;
    const requested = isIdentity ? { identity: participantName } : { name: participantName };
    const { token } = await this.admissions.admit({ route: PATH, caller, room: roomName, requested });
    this.format.renderToken(token, response);
  }
}
