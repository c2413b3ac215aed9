import { Injectable, ServiceUnavailableException } from '@nestjs/common';
import { HealthCheckService, type HealthCheckResult, HealthIndicatorService } from '@nestjs/terminus';

import { HealthRegistry } from './health.registry.js';

@Injectable()
export class ReadinessService {
  constructor(
    private readonly dependencies: HealthRegistry,
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
  ) {}

  async check(): Promise<HealthCheckResult> {
    const states = await this.dependencies.states();
    const reports = [...states].map(([name, status]) => {
      const indicator = this.indicators.check(name);
      return () => (status === 'up' ? indicator.up() : indicator.degraded());
    });
    try {
      return await this.health.check(reports);
    } catch (error) {
      // Terminus throws its result during shutdown. Returning it keeps probes out of the error log.
      if (error instanceof ServiceUnavailableException) return error.getResponse() as HealthCheckResult;
      throw error;
    }
  }
}
