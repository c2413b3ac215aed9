/** Marks a provider that has a say in who joins and on what terms; any imported module may bring one. */
import { DiscoveryService } from '@nestjs/core';

import type { JoinRequest } from './join-request.js';
import type { JoinTerms } from './join-terms.js';

/** What a provider marked `@TokenPolicy()` implements. */
export interface TokenPolicyProvider {
  /**
   * Answers the terms to go on with: the given ones, or others. To refuse, throw one of Nest's HTTP exceptions, with an
   * `errorCode` of your own; whatever else is thrown refuses too, with 503 POLICY_FAILED, and is logged.
   */
  decide(request: JoinRequest, terms: JoinTerms): JoinTerms | Promise<JoinTerms>;
}

export interface TokenPolicyOptions {
  /** Lower ones decide first; 0 without it. Ours: own identity -200, client fields -150, join rules -100. */
  readonly order?: number;
}

const Marked = DiscoveryService.createDecorator<TokenPolicyOptions>();

export const TokenPolicy = Object.assign((options: TokenPolicyOptions = {}) => Marked(options), { KEY: Marked.KEY });
