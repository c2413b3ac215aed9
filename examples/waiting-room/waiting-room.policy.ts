/** Delays joins of `lobby-*` rooms until a host admits the participant. */
import { ForbiddenException, Injectable } from '@nestjs/common';

import type { JoinRequest } from '../../src/policy/join-request.js';
import type { JoinTerms } from '../../src/policy/join-terms.js';
import { TokenPolicy, type TokenPolicyProvider } from '../../src/policy/token-policy.decorator.js';
import { Hosts } from '../hosts/hosts.service.js';

import { WaitingRoom } from './waiting-room.service.js';

@Injectable()
@TokenPolicy()
export class WaitingRoomPolicy implements TokenPolicyProvider {
  constructor(
    private readonly hosts: Hosts,
    private readonly waitingRoom: WaitingRoom,
  ) {}

  async decide({ caller }: JoinRequest, terms: JoinTerms): Promise<JoinTerms> {
    if (!terms.room.startsWith('lobby-') || this.hosts.include(caller)) return terms;
    if (await this.waitingRoom.admission(terms.room, terms.identity)) return terms;
    throw new ForbiddenException('No host has let you in yet.', { errorCode: 'WAITING_FOR_HOST' });
  }
}
