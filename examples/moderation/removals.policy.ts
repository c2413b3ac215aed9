/** Rejects token requests of removed participants. */
import { ForbiddenException, Injectable } from '@nestjs/common';
import { type JoinRequest, type JoinTerms, TokenPolicy, type TokenPolicyProvider } from 'livekit-token-service/policy';

import { Removals } from './removals.service.js';

@Injectable()
@TokenPolicy()
export class RemovalsPolicy implements TokenPolicyProvider {
  constructor(private readonly removals: Removals) {}

  decide(_request: JoinRequest, terms: JoinTerms): JoinTerms {
    if (!this.removals.include(terms.room, terms.identity)) return terms;
    throw new ForbiddenException('A host has removed you from this room.', { errorCode: 'REMOVED_FROM_ROOM' });
  }
}
