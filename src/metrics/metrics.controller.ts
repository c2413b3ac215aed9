import { Controller, Get, Header, Headers, Res, UseGuards } from '@nestjs/common';
import type { Response } from 'express';

import { Public } from '../auth/public.decorator.js';
import { Section } from '../openapi/documented.decorator.js';

import { MetricsReference } from './metrics.documentation.js';
import { MetricsGuard } from './metrics.guard.js';
import { METRICS_CONTENT_TYPE, MetricsRegistry, OPEN_METRICS_CONTENT_TYPE } from './metrics.registry.js';

/** Prometheus prefers this format where it knows it. `request.accepts()` would compare the parameters of the media type, too. */
const OPEN_METRICS = /application\/openmetrics-text(?![^,]*;\s*q=0(?:\.0*)?\s*(?:,|$))/i;

@Public()
@Section('Operations')
@Controller('metrics')
@UseGuards(MetricsGuard)
export class MetricsController {
  constructor(private readonly metrics: MetricsRegistry) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  @MetricsReference()
  read(@Headers('accept') accept: string | undefined, @Res({ passthrough: true }) response: Response): Promise<string> {
    const isOpenMetrics = OPEN_METRICS.test(accept ?? '');
    response.setHeader('Content-Type', isOpenMetrics ? OPEN_METRICS_CONTENT_TYPE : METRICS_CONTENT_TYPE);
    response.vary('Accept');
    return isOpenMetrics ? this.metrics.openMetricsText() : this.metrics.text();
  }
}
