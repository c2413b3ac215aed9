import { HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';

import { callerOf } from '../auth/current-caller.decorator.js';
import { validated } from '../validation/validated.js';

import { AdmissionService } from './admission.service.js';
import { TokenSourceRequestDto } from './dto/token-source-request.dto.js';
import { HOST_TOKEN_ROUTES, type HostTokenRoutes } from './host-token-routes.js';
import { ServerUrl } from './server-url.service.js';
import { admissionRequestOf, responseOf } from './token-source.translation.js';

/** The contract of POST /livekit/token in a host application; as {@link HostTokenController} otherwise. */
export class HostTokenSourceController {
  constructor(
    @Inject(HOST_TOKEN_ROUTES) private readonly routes: HostTokenRoutes,
    private readonly admissions: AdmissionService,
    private readonly serverUrl: ServerUrl,
  ) {}

  @Post()
  @HttpCode(201)
  async create(@Req() request: Request, @Res() response: Response): Promise<void> {
    const serverUrl = this.serverUrl.get();
    const body = await validated(TokenSourceRequestDto, request.body);
    const requested = admissionRequestOf(body, callerOf(request));
    const admission = await this.admissions.admit({ ...requested, route: this.routes.tokenSourcePath });
    response.setHeader('cache-control', 'no-store').json(responseOf(serverUrl, admission));
  }
}
