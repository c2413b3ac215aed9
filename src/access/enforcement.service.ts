import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { RoomServiceClient } from 'livekit-server-sdk';

import type { Environment } from '../config/environment.js';
import { ProblemException } from '../errors/problem.exception.js';
import type { RevocationScope } from '../revocations/revocation.js';
import { RevocationLog } from '../revocations/revocation.log.js';

import { ACCESS_ENDED, type AccessEndedEvent } from './access-events.js';
import { type AccessEnd, type Admission, type Participant } from './admission.js';
import { AdmissionStore, type Claim } from './admission.store.js';
import { permissionOf } from './participant-permission.js';
import { identitiesOf } from './publish-only.js';
import { standingOf } from './standing.js';

/** How often this process looks for participants whose access has to be examined. */
const LOOK_EVERY_MS = 250;

/** Calls of LiveKit at a time. */
const AT_ONCE = 8;

/** Between two attempts while LiveKit is unreachable. Only one participant is tried then, for all. */
const RETRY_MS = 1_000;

/** The longest time between two attempts of a call that LiveKit refuses. */
const MAX_RETRY_MS = 30_000;

const FORGETS = 'REDIS_URL is not set: a restart forgets who was admitted, who is banned and whose access has ended.';

/** Examines the participants whose time has come: removes those whose access has ended, and tells LiveKit what the others may do. */
@Injectable()
export class Enforcement implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Access');
  private readonly enabled: boolean;
  private readonly forgets: boolean;
  private readonly failures = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private working: Promise<void> | undefined;
  private reachable = true;
  private pausedUntil = 0;

  constructor(
    config: ConfigService<Environment, true>,
    private readonly store: AdmissionStore,
    private readonly revocations: RevocationLog,
    private readonly rooms: RoomServiceClient,
    private readonly events: EventEmitter2,
  ) {
    this.enabled = config.get('ACCESS_ENFORCEMENT', { infer: true });
    this.forgets = config.get('ACCESS_FORGETS', { infer: true });
  }

  onApplicationBootstrap(): void {
    if (!this.enabled) return;
    if (this.forgets) this.logger.warn(FORGETS);
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS).unref();
    // One that was made while Redis was away could not reach the participants that only others know.
    this.revocations.listen({ published: ({ scope }) => void this.revoked(scope) });
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.working;
  }

  /** Has those examined whom a new revocation may cover. Resolves with their number. */
  async revoked(scope: RevocationScope): Promise<number> {
    const keys = await this.store.present(scope);
    await this.examine(keys);
    return keys.length;
  }

  /** Has the participants examined as soon as possible. */
  async examine(keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    await this.store.examineAt(keys, Date.now());
    this.look();
  }

  private look(): void {
    this.working ??= this.work().finally(() => {
      this.working = undefined;
    });
  }

  private async work(): Promise<void> {
    while (performance.now() >= this.pausedUntil) {
      const claims = await this.store.claimDue(this.reachable ? AT_ONCE : 1);
      if (claims.length === 0) return;
      // The revocation for which another instance has them examined may not have arrived yet.
      await this.revocations.refresh();
      await Promise.all(claims.map((claim) => this.settle(claim)));
    }
  }

  private async settle(claim: Claim): Promise<void> {
    const { key } = claim;
    try {
      const next = await this.enforce(key);
      this.failures.delete(key);
      await this.store.examined(claim, next);
    } catch (error) {
      await this.store.examined(claim, Date.now() + this.retryAfter(key, error));
    }
  }

  /** Returns when to look again, in milliseconds since the epoch. Rejects if LiveKit could not do it. */
  private async enforce(key: string): Promise<number | undefined> {
    const participant = await this.store.find(key);
    if (participant === undefined || participant.connections.size === 0) return undefined;
    const standing = standingOf(participant, this.revocations);
    if (standing === undefined) return undefined;
    const { admission, end } = standing;
    if (end !== undefined) {
      await this.remove(key, participant, admission, end);
      return undefined;
    }
    if (participant.permissionDue) await this.permit(key, participant, admission);
    return admission.endsAt;
  }

  private async remove(
    key: string,
    { room, identity, connections }: Participant,
    admission: Admission,
    end: AccessEnd,
  ): Promise<void> {
    for (const one of identitiesOf(identity, connections.keys())) {
      await this.call(this.rooms.removeParticipant(room, one));
    }
    // Not of one that began meanwhile, maybe with a new token.
    for (const sid of connections.keys()) await this.store.left(key, sid);
    const { rule, ruleName } = admission;
    const event: AccessEndedEvent = {
      room,
      identity,
      cause: end.cause,
      ...(end.reason !== undefined && { reason: end.reason }),
      caller: callerOf(admission),
      ...(rule !== undefined && { rule }),
      ...(ruleName !== undefined && { ruleName }),
    };
    this.events.emit(ACCESS_ENDED, event);
  }

  private async permit(
    key: string,
    { room, identity, connections }: Participant,
    { grants }: Admission,
  ): Promise<void> {
    await this.store.permissionDue(key, false);
    try {
      for (const one of identitiesOf(identity, connections.keys())) {
        const permission = permissionOf(grants);
        // A connection by `publish` does not subscribe.
        if (one !== identity) permission.canSubscribe = false;
        await this.call(this.rooms.updateParticipant(room, one, { permission }));
      }
    } catch (error) {
      await this.store.permissionDue(key, true);
      throw error;
    }
  }

  private async call(calling: Promise<unknown>): Promise<void> {
    await orNotFound(calling);
    if (!this.reachable) this.logger.log('LiveKit can be reached again: access ends');
    this.reachable = true;
  }

  private retryAfter(key: string, error: unknown): number {
    const code = error instanceof ProblemException ? error.code : undefined;
    if (code === 'LIVEKIT_UNAVAILABLE') {
      if (this.reachable) this.logger.warn('LiveKit cannot be reached: access ends when it can', { code });
      this.reachable = false;
      this.pausedUntil = performance.now() + RETRY_MS;
      return RETRY_MS;
    }
    const failures = this.failures.get(key) ?? 0;
    this.failures.set(key, failures + 1);
    this.logger.error('The access of a participant could not be enforced', code ?? error);
    return Math.min(RETRY_MS * 2 ** failures, MAX_RETRY_MS);
  }
}

/** Participants who are not in the room need no call. */
async function orNotFound(calling: Promise<unknown>): Promise<void> {
  try {
    await calling;
  } catch (error) {
    if (!(error instanceof ProblemException) || error.code !== 'LIVEKIT_NOT_FOUND') throw error;
  }
}

const callerOf = ({ caller }: Admission): string =>
  caller.kind === 'anonymous' ? 'anonymous' : `${caller.issuer} ${caller.subject}`;
