import { ForbiddenException, Injectable } from '@nestjs/common';
import { type JoinRequest, type JoinTerms, TokenPolicy, type TokenPolicyProvider } from 'livekit-token-service/policy';

import { Hosts } from '../hosts/hosts.service.js';

import { WaitingRoomStore } from './waiting-room.store.js';

/** Refuses guests of a lobby until a host admits them. */
@Injectable()
@TokenPolicy()
export class WaitingRoomPolicy implements TokenPolicyProvider {
  constructor(
    private readonly hosts: Hosts,
    private readonly store: WaitingRoomStore,
  ) {}

  async decide({ caller }: JoinRequest, terms: JoinTerms): Promise<JoinTerms> {
    if (!terms.room.startsWith('lobby-') || this.hosts.include(caller)) return terms;
    if (await this.store.isAdmitted(terms.room, terms.identity)) return terms;
    throw new ForbiddenException('No host has admitted you yet.', { errorCode: 'WAITING_FOR_HOST' });
  }
}
