import { Injectable } from '@nestjs/common';
import type { ParticipantInfo } from 'livekit-server-sdk';

import { RevocationLog } from '../revocations/revocation.log.js';

import { participantKey } from './admission.js';
import { AdmissionStore } from './admission.store.js';
import { Enforcement } from './enforcement.service.js';
import { isWider } from './participant-permission.js';
import { Redecision } from './redecision.service.js';
import { standingOf } from './standing.js';

/** What LiveKit tells about a participant. */
export type SeenParticipant = Pick<ParticipantInfo, 'identity' | 'sid' | 'permission'>;

/** Keeps the record of who is present. */
@Injectable()
export class Presence {
  constructor(
    private readonly store: AdmissionStore,
    private readonly revocations: RevocationLog,
    private readonly enforcement: Enforcement,
    private readonly redecision: Redecision,
  ) {}

  /**
   * A participant is in the room. A connection that is new is examined, and its permission compared with the admission's: a token from
   * before may grant more. False if no admission is known.
   */
  async joined(room: string, { identity, sid, permission }: SeenParticipant): Promise<boolean> {
    const key = participantKey(room, identity);
    const participant = await this.store.find(key);
    if (participant === undefined) return false;
    if (!(await this.store.joined(key, sid))) return true;
    const standing = standingOf(participant, this.revocations);
    const grants = standing?.end === undefined ? standing?.admission.grants : undefined;
    if (grants && permission && isWider(permission, grants)) await this.store.permissionDue(key, true);
    await this.enforcement.examine([key]);
    if (participant.admissions.some((admission) => this.redecision.isOutdated(admission))) {
      this.redecision.decideAgain([key]);
    }
    return true;
  }

  /** A connection has ended. Another one of the same identity may have replaced it. */
  async left(room: string, { identity, sid }: Pick<SeenParticipant, 'identity' | 'sid'>): Promise<void> {
    await this.store.left(participantKey(room, identity), sid);
  }
}
