import { Injectable } from '@nestjs/common';
import type { ParticipantInfo } from 'livekit-server-sdk';

import { RevocationLog } from '../revocations/revocation.log.js';

import { type Participant, participantKey } from './admission.js';
import { AdmissionStore } from './admission.store.js';
import { Enforcement } from './enforcement.service.js';
import { isWider } from './participant-permission.js';
import { connectionOf, holdersOf } from './publish-only.js';
import { Redecision } from './redecision.service.js';
import { standingOf } from './standing.js';

/** What LiveKit tells about a participant. */
export type SeenParticipant = Pick<ParticipantInfo, 'identity' | 'sid' | 'permission'>;

/** A participant of the record and its key. */
export interface Recorded {
  readonly key: string;
  readonly participant: Participant;
}

/** Keeps the record of who is present. */
@Injectable()
export class Presence {
  constructor(
    private readonly store: AdmissionStore,
    private readonly revocations: RevocationLog,
    private readonly enforcement: Enforcement,
    private readonly redecision: Redecision,
  ) {}

  /** The record to which a participant of LiveKit belongs. Undefined if no admission is known. */
  async find(room: string, identity: string): Promise<Recorded | undefined> {
    for (const holder of holdersOf(identity)) {
      const key = participantKey(room, holder);
      const participant = await this.store.find(key);
      if (participant !== undefined) return { key, participant };
    }
    return undefined;
  }

  /**
   * A participant is in the room. A connection that is new is examined, and its permission compared with the admission's: a token from
   * before may grant more.
   */
  async joined(room: string, { identity, sid, permission }: SeenParticipant): Promise<void> {
    const recorded = await this.find(room, identity);
    if (recorded === undefined) return;
    const { key, participant } = recorded;
    if (!(await this.store.joined(key, connectionOf(participant.identity, identity, sid)))) return;
    const standing = standingOf(participant, this.revocations);
    const grants = standing?.end === undefined ? standing?.admission.grants : undefined;
    if (grants && permission && isWider(permission, grants)) await this.store.permissionDue(key, true);
    await this.enforcement.examine([key]);
    if (participant.admissions.some((admission) => this.redecision.isOutdated(admission))) {
      this.redecision.decideAgain([key]);
    }
  }

  /** A connection has ended. Another one of the same identity may have replaced it. */
  async left(room: string, { identity, sid }: Pick<SeenParticipant, 'identity' | 'sid'>): Promise<void> {
    const recorded = identity.includes('#') ? await this.find(room, identity) : undefined;
    const holder = recorded?.participant.identity ?? identity;
    await this.store.left(participantKey(room, holder), connectionOf(holder, identity, sid));
  }
}
