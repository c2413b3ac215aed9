/** Counts decisions about tokens. */
import { Injectable } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';

import { TOKEN_ISSUED, TOKEN_REFUSED, type TokenIssuedEvent, type TokenRefusedEvent } from '../token/token-events.js';

import { LabelValues } from './label.values.js';
import { type Counter, MetricsRegistry } from './metrics.registry.js';

@Injectable()
export class TokenMetrics {
  private readonly issued: Counter<'route'>;
  private readonly refused: Counter<'route' | 'code'>;
  /** A team's policies refuse with codes of their own, which are not ours to trust with an unbounded number. */
  private readonly codes = new LabelValues(/^[A-Z][A-Z0-9_]{0,63}$/);

  constructor(metrics: MetricsRegistry, events: EventEmitter2) {
    this.issued = metrics.counter({ name: 'livekit_token_issued_total', help: 'Tokens signed', labels: ['route'] });
    this.refused = metrics.counter({
      name: 'livekit_token_refused_total',
      help: 'Token requests refused, by the code of the failure',
      labels: ['route', 'code'],
    });
    // As the decision log listens, and for the same reason.
    events.on(TOKEN_ISSUED, ({ route }: TokenIssuedEvent) => this.issued.inc({ route }));
    events.on(TOKEN_REFUSED, ({ route, code }: TokenRefusedEvent) =>
      this.refused.inc({ route, code: this.codes.of(code) }),
    );
  }
}
