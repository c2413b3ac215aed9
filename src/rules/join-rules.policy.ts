/** Lets in whom the first matching rule of JOIN_RULES_FILE lets in, on that rule's terms; without the file, everybody. */
import { readFileSync } from 'node:fs';

import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';

import { EnvironmentError } from '../config/environment.error.js';
import type { Environment } from '../config/environment.js';
import { onFileChange } from '../config/watched-file.js';
import { ProblemException } from '../errors/problem.exception.js';

import type { JoinRequest } from '../policy/join-request.js';
import { JoinRuleIndex } from './join-rule.index.js';
import { parseJoinRules } from './join-rules.parser.js';
import type { JoinTerms } from '../policy/join-terms.js';
import { TokenPolicy, type TokenPolicyProvider } from '../policy/token-policy.decorator.js';

@Injectable()
@TokenPolicy({ order: -100 })
export class JoinRulesPolicy implements TokenPolicyProvider, OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('JoinRules');
  private readonly file: string | undefined;
  private rules: JoinRuleIndex | undefined;
  private stopWatching = (): void => undefined;

  constructor(config: ConfigService<Environment, true>) {
    this.file = config.get('JOIN_RULES_FILE', { infer: true });
  }

  /** Throws an {@link EnvironmentError} with every fault of the file. */
  onModuleInit(): void {
    const { file } = this;
    if (file === undefined) return;
    this.stopWatching = onFileChange(file, () => this.reload(file));
    this.rules = this.read(file);
  }

  onApplicationShutdown(): void {
    this.stopWatching();
  }

  decide({ caller }: JoinRequest, terms: JoinTerms): JoinTerms {
    if (this.file === undefined) return terms;
    const rule = this.rules?.find(terms.room, caller.kind === 'verified' ? caller.claims : {});
    if (rule === undefined) throw new ProblemException('ROOM_NOT_ALLOWED');
    return { ...terms, rule: rule.number, grants: { ...terms.grants, ...rule.grants }, ttl: rule.ttl ?? terms.ttl };
  }

  private reload(file: string): void {
    try {
      this.rules = this.read(file);
    } catch (error) {
      if (!(error instanceof EnvironmentError)) throw error;
      this.logger.error('JOIN_RULES_FILE is broken; the rules stay as they were', {
        faults: error.invalid.map(({ message }) => message),
      });
    }
  }

  private read(file: string): JoinRuleIndex {
    const { rules, faults } = parseJoinRules(contentOf(file));
    if (faults.length > 0) {
      throw new EnvironmentError(faults.map((message) => ({ variable: 'JOIN_RULES_FILE', message })));
    }
    this.logger.log('JOIN_RULES_FILE was read', { rules: rules.length });
    return new JoinRuleIndex(rules);
  }
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new EnvironmentError([{ variable: 'JOIN_RULES_FILE', message: 'must name a readable file' }]);
  }
}
