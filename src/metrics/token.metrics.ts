/** Counts decisions about tokens. */
import { Injectable } from '@nestjs/common';

import { OnTokenIssued, OnTokenRefused, type TokenIssuedEvent, type TokenRefusedEvent } from '../token/token-events.js';

import { LabelValues } from './label.values.js';
import { type Counter, MetricsRegistry } from './metrics.registry.js';

@Injectable()
export class TokenMetrics {
  private readonly issuedTotal: Counter<'route'>;
  private readonly refusedTotal: Counter<'route' | 'code'>;
  /** Policies of a team have codes of their own. */
  private readonly codes = new LabelValues(/^[A-Z][A-Z0-9_]{0,63}$/);

  constructor(metrics: MetricsRegistry) {
    this.issuedTotal = metrics.counter({
      name: 'livekit_token_issued_total',
      help: 'Tokens signed',
      labels: ['route'],
    });
    this.refusedTotal = metrics.counter({
      name: 'livekit_token_refused_total',
      help: 'Token requests refused, by error code',
      labels: ['route', 'code'],
    });
  }

  @OnTokenIssued()
  issued({ route }: TokenIssuedEvent): void {
    this.issuedTotal.inc({ route });
  }

  @OnTokenRefused()
  refused({ route, code }: TokenRefusedEvent): void {
    this.refusedTotal.inc({ route, code: this.codes.of(code) });
  }
}
