import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';

import type { Environment } from '../config/environment.js';
import type { JoinRequest } from '../policy/join-request.js';
import type { JoinTerms } from '../policy/join-terms.js';
import { TokenPolicy, type TokenPolicyProvider } from '../policy/token-policy.decorator.js';

import { evaluateRules } from './evaluate-rules.js';
import { ShadowRules } from './shadow-rules.service.js';
import { WatchedRules } from './watched-rules.js';

/** Applies the first matching rule of JOIN_RULES_FILE. Without the file, every caller may join every room. */
@Injectable()
@TokenPolicy({ order: -100 })
export class JoinRulesPolicy implements TokenPolicyProvider, OnModuleInit, OnApplicationShutdown {
  private readonly rules: WatchedRules | undefined;
  private readonly listeners: ((version: string) => void)[] = [];

  constructor(
    config: ConfigService<Environment, true>,
    private readonly shadow: ShadowRules,
  ) {
    const file = config.get('JOIN_RULES_FILE', { infer: true });
    const changed = (version: string): void => this.listeners.forEach((listener) => listener(version));
    this.rules = file === undefined ? undefined : new WatchedRules('JOIN_RULES_FILE', file, changed);
  }

  /** Throws an EnvironmentError with every error of the file. */
  onModuleInit(): void {
    this.rules?.open();
  }

  onApplicationShutdown(): void {
    this.rules?.close();
  }

  /** Changes with the content of the file; undefined without one. */
  get version(): string | undefined {
    return this.rules?.version;
  }

  /** Calls the listener after other rules have come into force. */
  onChange(listener: (version: string) => void): void {
    this.listeners.push(listener);
  }

  decide({ caller, admittedAt }: JoinRequest, terms: JoinTerms): JoinTerms {
    if (this.rules === undefined) return terms;
    const claims = caller.kind === 'verified' ? caller.claims : {};
    const now = Date.now();
    const decision = evaluateRules(this.rules.index, terms, claims, now, admittedAt);
    if (admittedAt === undefined) this.shadow.compare(decision, terms, claims, now);
    if ('refusal' in decision) throw decision.refusal;
    return decision.terms;
  }
}
