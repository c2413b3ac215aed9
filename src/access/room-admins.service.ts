import { HttpException, Injectable } from '@nestjs/common';

import type { Caller } from '../auth/caller.js';
import { ProblemException } from '../errors/problem.exception.js';
import { PolicyChain } from '../policy/policy-chain.service.js';
import { RevocationLog } from '../revocations/revocation.log.js';

/** Who may end the access of others: callers who would get a token with `roomAdmin` for the room. */
@Injectable()
export class RoomAdmins {
  constructor(
    private readonly policies: PolicyChain,
    private readonly revocations: RevocationLog,
  ) {}

  /**
   * Throws NOT_ROOM_ADMIN, ACCESS_REVOKED if the caller is banned from the room, or the error (5xx) of a policy that could not
   * decide.
   */
  async demand(caller: Caller, room: string): Promise<void> {
    const decision = await this.policies.decide({ caller, room, requested: {} });
    if ('refusal' in decision) {
      const { refusal } = decision;
      throw refusal.getStatus() >= 500
        ? refusal
        : new ProblemException('NOT_ROOM_ADMIN', undefined, { cause: refusal });
    }
    const { terms } = decision;
    if (this.revocations.banOn({ room, identity: terms.identity })) throw new ProblemException('ACCESS_REVOKED');
    const hasEnded = terms.endsAt !== undefined && terms.endsAt <= Date.now();
    // A policy may send the caller to another room.
    if (terms.grants.roomAdmin !== true || terms.room !== room || hasEnded)
      throw new ProblemException('NOT_ROOM_ADMIN');
  }

  /** Whether {@link demand} would not throw. False if a policy could not decide. */
  async includes(caller: Caller, room: string): Promise<boolean> {
    try {
      await this.demand(caller, room);
      return true;
    } catch (error) {
      if (error instanceof HttpException) return false;
      throw error;
    }
  }
}
