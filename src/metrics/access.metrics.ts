import { Injectable } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';

import {
  ACCESS_RECONCILED,
  type AccessEndedEvent,
  type AccessReconciledEvent,
  ADMISSION_EVICTED,
  OnAccessEnded,
} from '../access/access-events.js';

import { type Counter, MetricsRegistry } from './metrics.registry.js';

@Injectable()
export class AccessMetrics {
  private readonly ended: Counter<'cause'>;
  private readonly evicted: Counter<never>;
  private unadmitted = 0;

  constructor(metrics: MetricsRegistry) {
    this.ended = metrics.counter({
      name: 'livekit_access_ended_total',
      help: 'Participants who were removed because their access ended, by cause',
      labels: ['cause'],
    });
    this.evicted = metrics.counter({
      name: 'livekit_access_admissions_evicted_total',
      help: 'Admissions that were evicted because the process has reached its limit',
      labels: [],
    });
    metrics.gauge(
      {
        name: 'livekit_access_unadmitted_participants',
        help: 'Participants without an admission at the last reconciliation of this instance',
        labels: [],
      },
      (gauge) => {
        gauge.set(this.unadmitted);
        return Promise.resolve();
      },
    );
  }

  @OnAccessEnded()
  count({ cause }: AccessEndedEvent): void {
    this.ended.inc({ cause });
  }

  @OnEvent(ADMISSION_EVICTED)
  forgot(): void {
    this.evicted.inc();
  }

  @OnEvent(ACCESS_RECONCILED)
  compared({ unadmitted }: AccessReconciledEvent): void {
    this.unadmitted = unadmitted;
  }
}
