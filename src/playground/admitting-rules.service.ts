import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { LRUCache } from 'lru-cache';

import type { Environment } from '../config/environment.js';
import { TOKEN_ISSUED, type TokenIssuedEvent } from '../token/token-events.js';

/** The rule of JOIN_RULES_FILE behind a token. */
export interface AdmittingRule {
  /** Counted from 1. */
  readonly rule: number;
  readonly name?: string | undefined;
}

/** The page requests the rule at once, so few are needed. */
const MAX_ENTRIES = 200;

/** Remembers by request id which rule admitted a participant, for the page alone: tokens and responses do not contain it. */
@Injectable()
export class AdmittingRules {
  private readonly rules = new LRUCache<string, AdmittingRule>({ max: MAX_ENTRIES });

  constructor(config: ConfigService<Environment, true>, events: EventEmitter2) {
    if (!config.get('RULES_SHOWN', { infer: true })) return;
    events.on(TOKEN_ISSUED, ({ requestId, rule, ruleName }: TokenIssuedEvent) => {
      if (rule !== undefined) this.rules.set(requestId, { rule, name: ruleName });
    });
  }

  of(requestId: string): AdmittingRule | undefined {
    return this.rules.get(requestId);
  }
}
