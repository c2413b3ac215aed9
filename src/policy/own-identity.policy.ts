/** Binds the participant to the verified caller: nobody chooses an identity that the issuer did not give them. */
import { Injectable } from '@nestjs/common';

import { ProblemException } from '../errors/problem.exception.js';

import type { JoinRequest } from './join-request.js';
import type { JoinTerms } from './join-terms.js';
import { TokenPolicy, type TokenPolicyProvider } from './token-policy.decorator.js';

@Injectable()
@TokenPolicy({ order: -200 })
export class OwnIdentityPolicy implements TokenPolicyProvider {
  decide({ caller, requested }: JoinRequest, terms: JoinTerms): JoinTerms {
    if (caller.kind === 'anonymous') return terms;
    if (requested.identity !== undefined && requested.identity !== caller.identity) {
      throw new ProblemException('IDENTITY_NOT_OWN');
    }
    const requestedName = caller.nameUnusable ? undefined : requested.name;
    return { ...terms, identity: caller.identity, name: caller.name ?? requestedName };
  }
}
