import { Module } from '@nestjs/common';

import { HealthRegistryModule } from '../health/health-registry.module.js';

import { AccessMetrics } from './access.metrics.js';
import { DependencyMetrics } from './dependency.metrics.js';
import { GateMetrics } from './gate.metrics.js';
import { HttpMetrics } from './http.metrics.js';
import { MetricsController } from './metrics.controller.js';
import { MetricsRegistry } from './metrics.registry.js';
import { RulesMetrics } from './rules.metrics.js';
import { TokenMetrics } from './token.metrics.js';
import { WebhookMetrics } from './webhook.metrics.js';

@Module({
  imports: [HealthRegistryModule],
  controllers: [MetricsController],
  providers: [
    MetricsRegistry,
    HttpMetrics,
    TokenMetrics,
    WebhookMetrics,
    DependencyMetrics,
    RulesMetrics,
    AccessMetrics,
    GateMetrics,
  ],
  exports: [MetricsRegistry],
})
export class MetricsModule {}
