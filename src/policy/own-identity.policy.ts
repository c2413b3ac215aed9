/** Takes the identity of a verified caller from the access token, never from the request. */
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
