import { Injectable } from '@nestjs/common';

import { HealthRegistry } from '../health/health.registry.js';

import { MetricsRegistry } from './metrics.registry.js';

@Injectable()
export class DependencyMetrics {
  constructor(metrics: MetricsRegistry, dependencies: HealthRegistry) {
    metrics.gauge(
      { name: 'dependency_up', help: '1 if the dependency is available, 0 if not', labels: ['dependency'] },
      async (gauge) => {
        for (const [dependency, status] of await dependencies.states()) {
          gauge.set({ dependency }, status === 'up' ? 1 : 0);
        }
      },
    );
  }
}
