import { HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';

import { callerOf } from '../auth/current-caller.decorator.js';
import { validated } from '../validation/validated.js';

import { AdmissionService } from './admission.service.js';
import { TokenRequestDto } from './dto/token-request.dto.js';
import { HOST_TOKEN_ROUTES, type HostTokenRoutes } from './host-token-routes.js';
import { OpenViduFormat } from './openvidu.format.js';
import { admissionRequestOf } from './openvidu.translation.js';

/**
 * The contract of POST /token in a host application. Takes the request and the response as they are: global pipes and interceptors of the
 * host do not change the body or the response.
 */
export class HostTokenController {
  constructor(
    @Inject(HOST_TOKEN_ROUTES) private readonly routes: HostTokenRoutes,
    private readonly admissions: AdmissionService,
    private readonly format: OpenViduFormat,
  ) {}

  @Post()
  @HttpCode(200)
  async create(@Req() request: Request, @Res() response: Response): Promise<void> {
    const body = await validated(TokenRequestDto, request.body);
    const requested = admissionRequestOf(body, callerOf(request));
    const { token } = await this.admissions.admit({ ...requested, route: this.routes.path });
    this.format.renderToken(token, response);
  }
}
