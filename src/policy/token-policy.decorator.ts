import type { CustomDecorator } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';

import type { JoinRequest } from './join-request.js';
import type { JoinTerms } from './join-terms.js';

/** What a provider marked `@TokenPolicy()` implements. */
export interface TokenPolicyProvider {
  /**
   * Returns the given terms, or changed ones. To refuse, throws one of Nest's HTTP exceptions with its own `errorCode`. Any
   * other error refuses with 503 POLICY_FAILED and is logged.
   *
   * Changed terms must be within the bounds that {@link JoinTerms} states: else 503 POLICY_FAILED, and the log names policy and field.
   */
  decide(request: JoinRequest, terms: JoinTerms): JoinTerms | Promise<JoinTerms>;
}

export interface TokenPolicyOptions {
  /**
   * Policies with a lower order decide first. The service's own: own identity -200, client fields -150, join rules -100.
   *
   * @default 0
   */
  readonly order?: number;
}

const Marked = DiscoveryService.createDecorator<TokenPolicyOptions>();

/**
 * Registers a {@link TokenPolicyProvider} of any imported module. It decides on every join.
 *
 * @example
 * @Injectable()
 * @TokenPolicy()
 * export class OpeningHoursPolicy implements TokenPolicyProvider {
 *   decide(_request: JoinRequest, terms: JoinTerms): JoinTerms {
 *     if (isOpen()) return terms;
 *     throw new ForbiddenException('We are closed.', { errorCode: 'CLOSED' });
 *   }
 * }
 */
export const TokenPolicy: ((options?: TokenPolicyOptions) => CustomDecorator) & { readonly KEY: string } =
  Object.assign((options: TokenPolicyOptions = {}) => Marked(options), { KEY: Marked.KEY });
