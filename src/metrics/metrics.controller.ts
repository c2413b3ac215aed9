import { Controller, Get, Header, UseGuards } from '@nestjs/common';

import { Public } from '../auth/public.decorator.js';
import { Section } from '../openapi/documented.decorator.js';

import { MetricsReference } from './metrics.documentation.js';
import { MetricsGuard } from './metrics.guard.js';
import { METRICS_CONTENT_TYPE, MetricsRegistry } from './metrics.registry.js';

@Public()
@Section('Operations')
@Controller('metrics')
@UseGuards(MetricsGuard)
export class MetricsController {
  constructor(private readonly metrics: MetricsRegistry) {}

  @Get()
  @Header('Content-Type', METRICS_CONTENT_TYPE)
  @Header('Cache-Control', 'no-store')
  @MetricsReference()
  read(): Promise<string> {
    return this.metrics.text();
  }
}
