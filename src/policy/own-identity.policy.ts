/** Binds the participant to the verified caller: nobody chooses an identity that the issuer did not give them. */
import { Injectable } from '@nestjs/common';

import { Refusal } from '../http/refusal.js';

import type { JoinRequest } from './join-request.js';
import type { JoinTerms } from './join-terms.js';
import { TokenPolicy, type TokenPolicyProvider } from './token-policy.decorator.js';

@Injectable()
@TokenPolicy({ order: -200 })
export class OwnIdentityPolicy implements TokenPolicyProvider {
  decide({ caller, wishes }: JoinRequest, terms: JoinTerms): JoinTerms {
    if (caller.kind === 'anonymous') return terms;
    if (wishes.identity !== undefined && wishes.identity !== caller.identity) {
      throw new Refusal('IDENTITY_NOT_OWN', 'The identity must be the one of the access token, or be left out.');
    }
    return { ...terms, identity: caller.identity, name: caller.name ?? wishes.name };
  }
}
