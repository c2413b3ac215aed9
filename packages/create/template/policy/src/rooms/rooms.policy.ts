import { ForbiddenException, Injectable } from '@nestjs/common';
import { type JoinRequest, type JoinTerms, TokenPolicy, type TokenPolicyProvider } from 'livekit-token-service/policy';

const NAME = /^[a-z0-9-]+$/;

/** Rooms have plain names, and participants of `broadcast-*` rooms only listen. */
@Injectable()
@TokenPolicy()
export class RoomsPolicy implements TokenPolicyProvider {
  decide(_request: JoinRequest, terms: JoinTerms): JoinTerms {
    if (!NAME.test(terms.room)) {
      throw new ForbiddenException('Names of rooms have a-z, 0-9 and hyphens.', { errorCode: 'ROOM_NAME_NOT_ALLOWED' });
    }
    if (!terms.room.startsWith('broadcast-')) return terms;
    return { ...terms, grants: { ...terms.grants, canPublish: false } };
  }
}
