import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { EventEmitter2 } from '@nestjs/event-emitter';

import type { Claims } from '../auth/claim-path.js';
import type { Environment } from '../config/environment.js';
import type { JoinTerms } from '../policy/join-terms.js';

import { evaluateRules, isSameDecision, type RulesDecision } from './evaluate-rules.js';
import { SHADOW_COMPARED, type ShadowEvent, type ShadowOutcome } from './shadow-events.js';
import { WatchedRules } from './watched-rules.js';

/** Evaluates JOIN_RULES_SHADOW_FILE beside the rules in force. Each difference is logged and counted, and changes nothing. */
@Injectable()
export class ShadowRules implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('ShadowRules');
  private readonly rules: WatchedRules | undefined;

  constructor(
    config: ConfigService<Environment, true>,
    private readonly events: EventEmitter2,
  ) {
    const file = config.get('JOIN_RULES_SHADOW_FILE', { infer: true });
    this.rules = file === undefined ? undefined : new WatchedRules('JOIN_RULES_SHADOW_FILE', file);
  }

  onModuleInit(): void {
    this.rules?.open();
  }

  onApplicationShutdown(): void {
    this.rules?.close();
  }

  /** `live` is what the rules in force decided for the same terms, claims and time. */
  compare(live: RulesDecision, terms: JoinTerms, claims: Claims, now: number): void {
    if (this.rules === undefined) return;
    const shadow = evaluateRules(this.rules.index, terms, claims, now);
    const outcome = outcomeOf(live, shadow, now);
    this.events.emit(SHADOW_COMPARED, { outcome } satisfies ShadowEvent);
    if (outcome === 'same') return;
    const { room, identity } = terms;
    this.logger.warn('The shadow rules decide otherwise', {
      outcome,
      room,
      identity,
      rule: live.rule?.number,
      shadowRule: shadow.rule?.number,
    });
  }
}

function outcomeOf(live: RulesDecision, shadow: RulesDecision, now: number): ShadowOutcome {
  if (isSameDecision(live, shadow, now)) return 'same';
  if ('refusal' in live) return 'would_allow';
  return 'refusal' in shadow ? 'would_refuse' : 'other_terms';
}
