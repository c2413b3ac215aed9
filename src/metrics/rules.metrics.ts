import { Injectable } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';

import { SHADOW_COMPARED, type ShadowEvent } from '../rules/shadow-events.js';

import { type Counter, MetricsRegistry } from './metrics.registry.js';

@Injectable()
export class RulesMetrics {
  private readonly compared: Counter<'outcome'>;

  constructor(metrics: MetricsRegistry) {
    this.compared = metrics.counter({
      name: 'livekit_join_rules_shadow_total',
      help: 'Decisions of JOIN_RULES_SHADOW_FILE compared with those of JOIN_RULES_FILE',
      labels: ['outcome'],
    });
  }

  @OnEvent(SHADOW_COMPARED)
  count({ outcome }: ShadowEvent): void {
    this.compared.inc({ outcome });
  }
}
