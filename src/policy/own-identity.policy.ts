import { Injectable } from '@nestjs/common';

import type { VerifiedCaller } from '../auth/caller.js';
import { ProblemException } from '../errors/problem.exception.js';

import type { JoinRequest } from './join-request.js';
import type { JoinTerms } from './join-terms.js';
import { TokenPolicy, type TokenPolicyProvider } from './token-policy.decorator.js';

/** Binds the participant to the verified caller, unless the caller may act for others. Anonymous callers choose their identity. */
@Injectable()
@TokenPolicy({ order: -200 })
export class OwnIdentityPolicy implements TokenPolicyProvider {
  decide({ caller, requested }: JoinRequest, terms: JoinTerms): JoinTerms {
    if (caller.kind === 'anonymous') return terms;
    const { identity } = requested;
    if (identity !== undefined && identity !== caller.identity) {
      if (actsFor(caller, identity)) return { ...terms, identity, name: requested.name };
      throw new ProblemException('IDENTITY_NOT_OWN');
    }
    const requestedName = caller.nameUnusable ? undefined : requested.name;
    return { ...terms, identity: caller.identity, name: caller.name ?? requestedName };
  }
}

function actsFor({ mayActFor = [] }: VerifiedCaller, identity: string): boolean {
  return mayActFor === 'all' || mayActFor.some((prefix) => identity.startsWith(prefix));
}
