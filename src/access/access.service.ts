import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { RoomServiceClient } from 'livekit-server-sdk';

import type { Environment } from '../config/environment.js';
import { ProblemException } from '../errors/problem.exception.js';
import type { AccessEndCause, Revocation, RevocationScope } from '../revocations/revocation.js';
import { RevocationLog } from '../revocations/revocation.log.js';

import { participantKey } from './admission.js';
import { AdmissionStore } from './admission.store.js';
import { Enforcement } from './enforcement.service.js';
import { standingOf } from './standing.js';

export interface EndOptions {
  /** For the audit log and `@OnAccessEnded()`; clients never see it. */
  readonly reason?: string | undefined;
  /** @default 'removed' */
  readonly cause?: AccessEndCause | undefined;
  /** A ban, in seconds: token requests are refused with 403 ACCESS_REVOKED. */
  readonly banFor?: number | undefined;
  /** For a logout of all sessions: access tokens whose `iat` (seconds) is not after this are refused. */
  readonly tokensIssuedUntil?: number | undefined;
}

export interface EndedAccess {
  readonly revocation: Revocation;
  /** How many participants within the scope were present. They are removed after this. */
  readonly present: number;
}

export interface PresentParticipant {
  readonly identity: string;
  readonly name?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly joinedAt: number;
  /** Milliseconds since the epoch; missing if access does not end by itself. */
  readonly endsAt?: number | undefined;
  /** The rule of JOIN_RULES_FILE, counted from 1. */
  readonly rule?: number | undefined;
  readonly ruleName?: string | undefined;
}

/**
 * Ends access to rooms. Requires ACCESS_ENFORCEMENT to be on; methods reject otherwise.
 *
 * @example
 * await access.end({ room, identity }, { reason: 'spam', banFor: 3600 });
 */
@Injectable()
export class AccessService {
  /** Whether ACCESS_ENFORCEMENT is on. */
  readonly enabled: boolean;

  constructor(
    config: ConfigService<Environment, true>,
    private readonly revocations: RevocationLog,
    private readonly store: AdmissionStore,
    private readonly enforcement: Enforcement,
    private readonly rooms: RoomServiceClient,
  ) {
    this.enabled = config.get('ACCESS_ENFORCEMENT', { infer: true });
  }

  /**
   * Voids every admission within the scope that was made before, and removes the participants who are present. Resolves as soon as this
   * is recorded; removals follow, and are repeated while LiveKit is unreachable. `{ issuer, session }` also refuses the access
   * tokens of that session.
   */
  async end(scope: RevocationScope, options: EndOptions = {}): Promise<EndedAccess> {
    this.demandEnabled();
    const { reason, cause = 'removed', banFor, tokensIssuedUntil } = options;
    const until = banFor === undefined ? undefined : Date.now() + banFor * 1000;
    const revocation = await this.revocations.add({ scope, cause, reason, until, tokensIssuedUntil });
    return { revocation, present: await this.enforcement.revoked(scope) };
  }

  /** Ends the ban of exactly this scope. Resolves with false if there is none. */
  async lift(scope: RevocationScope): Promise<boolean> {
    this.demandEnabled();
    return this.revocations.lift(scope);
  }

  /** Ends access for everybody in the room and deletes it in LiveKit. Resolves with false if LiveKit has no such room. */
  async endRoom(room: string, { reason }: Pick<EndOptions, 'reason'> = {}): Promise<boolean> {
    const { present } = await this.end({ room }, { reason, cause: 'room_ended' });
    try {
      await this.rooms.deleteRoom(room);
      return true;
    } catch (error) {
      if (error instanceof ProblemException && error.code === 'LIVEKIT_NOT_FOUND') return present > 0;
      throw error;
    }
  }

  /** Those who are in the room, as far as webhooks and reconciliation have told. Participants without an admission are not listed. */
  async present(room: string): Promise<PresentParticipant[]> {
    this.demandEnabled();
    const found = await this.store.findAll(await this.store.present({ room }));
    return found.flatMap((participant): PresentParticipant[] => {
      const admission = participant?.admissions.at(-1);
      if (participant === undefined || admission === undefined || participant.connections.size === 0) return [];
      const { identity, name, endsAt, rule, ruleName } = admission;
      return [{ identity, name, joinedAt: Math.min(...participant.connections.values()), endsAt, rule, ruleName }];
    });
  }

  /** Whether the identity is in the room by a token of this service, or may come with one. */
  async isAdmitted(room: string, identity: string): Promise<boolean> {
    this.demandEnabled();
    const participant = await this.store.find(participantKey(room, identity));
    if (participant === undefined) return false;
    if (participant.connections.size > 0) return true;
    const standing = standingOf(participant, this.revocations);
    return standing !== undefined && standing.end === undefined;
  }

  private demandEnabled(): void {
    if (!this.enabled) throw new Error('AccessService requires ACCESS_ENFORCEMENT to be on.');
  }
}
