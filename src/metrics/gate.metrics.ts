import { Injectable } from '@nestjs/common';

import { type GateDecidedEvent, OnGateDecided } from '../access/gate-events.js';

import { LabelValues } from './label.values.js';
import { type Counter, MetricsRegistry } from './metrics.registry.js';

@Injectable()
export class GateMetrics {
  private readonly decisions: Counter<'outcome' | 'code'>;
  /** A team's guards may refuse with codes of their own. */
  private readonly codes = new LabelValues(/^[A-Z][A-Z0-9_]{0,63}$/);

  constructor(metrics: MetricsRegistry) {
    this.decisions = metrics.counter({
      name: 'livekit_gate_decisions_total',
      help: 'Decisions of the gate by outcome (opened, refused, failed) and reason',
      labels: ['outcome', 'code'],
    });
  }

  @OnGateDecided()
  count({ outcome, code }: GateDecidedEvent): void {
    this.decisions.inc({ outcome, code: this.codes.of(code) });
  }
}
