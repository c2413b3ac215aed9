import { Controller, Get, Header, HttpStatus, Res } from '@nestjs/common';
import type { HealthCheckResult } from '@nestjs/terminus';
import type { Response } from 'express';

import { Public } from '../auth/public.decorator.js';
import { Section } from '../openapi/documented.decorator.js';

import { LiveReference, ReadyReference } from './health.documentation.js';
import { ReadinessService } from './readiness.service.js';

@Public()
@Section('Operations')
@Controller('health')
export class HealthController {
  constructor(private readonly readiness: ReadinessService) {}

  /** Checks no dependency: a restart of this process repairs none. */
  @Get('live')
  @Header('Cache-Control', 'no-store')
  @LiveReference()
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('ready')
  @Header('Cache-Control', 'no-store')
  @ReadyReference()
  async ready(@Res({ passthrough: true }) response: Response): Promise<HealthCheckResult> {
    const result = await this.readiness.check();
    if (result.status === 'shutting_down') response.status(HttpStatus.SERVICE_UNAVAILABLE);
    return result;
  }
}
