/** Counts decisions about tokens. */
import { Injectable } from '@nestjs/common';

import { OnTokenIssued, OnTokenRefused, type TokenIssuedEvent, type TokenRefusedEvent } from '../token/token-events.js';

import { LabelValues } from './label.values.js';
import { type Counter, MetricsRegistry } from './metrics.registry.js';

@Injectable()
export class TokenMetrics {
  private readonly issued: Counter<'route'>;
  private readonly refused: Counter<'route' | 'code'>;
  /** A team's policies refuse with codes of their own, which are not ours to trust with an unbounded number. */
  private readonly codes = new LabelValues(/^[A-Z][A-Z0-9_]{0,63}$/);

  constructor(metrics: MetricsRegistry) {
    this.issued = metrics.counter({ name: 'livekit_token_issued_total', help: 'Tokens signed', labels: ['route'] });
    this.refused = metrics.counter({
      name: 'livekit_token_refused_total',
      help: 'Token requests refused, by the code of the failure',
      labels: ['route', 'code'],
    });
  }

  @OnTokenIssued()
  countIssued({ route }: TokenIssuedEvent): void {
    this.issued.inc({ route });
  }

  @OnTokenRefused()
  countRefused({ route, code }: TokenRefusedEvent): void {
    this.refused.inc({ route, code: this.codes.of(code) });
  }
}
