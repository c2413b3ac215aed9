import { ProblemException } from '../errors/problem.exception.js';

import type { AdmissionRequest } from './join-request.js';
import type { Decision, PolicyChain } from './policy-chain.service.js';

/** Decides requests for tokens by the policies. */
export class JoinDecisions {
  constructor(protected readonly policies: PolicyChain) {}

  /** The terms end with the access that they open. Does not reject. */
  async decide(request: AdmissionRequest): Promise<Decision> {
    return withinAccess(await this.policies.decide(request));
  }
}

/** A token does not outlive the access that it opens. */
export function withinAccess(decision: Decision): Decision {
  if ('refusal' in decision || decision.terms.endsAt === undefined) return decision;
  const left = Math.floor((decision.terms.endsAt - Date.now()) / 1000);
  if (left < 1) return { refusal: new ProblemException('ACCESS_ENDED'), policy: undefined };
  return left < decision.terms.ttl ? { ...decision, terms: { ...decision.terms, ttl: left } } : decision;
}
