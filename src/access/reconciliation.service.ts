import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { ParticipantInfo_State, RoomServiceClient } from 'livekit-server-sdk';

import type { Environment } from '../config/environment.js';
import { ProblemException } from '../errors/problem.exception.js';
import { RevocationLog } from '../revocations/revocation.log.js';

import { ACCESS_RECONCILED, type AccessReconciledEvent } from './access-events.js';
import { participantKey } from './admission.js';
import { AdmissionStore } from './admission.store.js';
import { Enforcement } from './enforcement.service.js';
import { Presence, type Recorded, type SeenParticipant } from './presence.service.js';
import { connectionOf } from './publish-only.js';
import { standingOf } from './standing.js';

/** Rooms that are listed at a time. */
const AT_ONCE = 4;

/** Compares the participants of LiveKit with the record, since webhooks get lost. One instance at a time does it. */
@Injectable()
export class Reconciliation implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Access');
  private readonly everyMs: number;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private failed = false;

  constructor(
    config: ConfigService<Environment, true>,
    private readonly store: AdmissionStore,
    private readonly presence: Presence,
    private readonly revocations: RevocationLog,
    private readonly enforcement: Enforcement,
    private readonly rooms: RoomServiceClient,
    private readonly events: EventEmitter2,
  ) {
    const enabled = config.get('ACCESS_ENFORCEMENT', { infer: true });
    this.everyMs = enabled ? config.get('ACCESS_RECONCILE', { infer: true }) * 1000 : 0;
  }

  /** Begins at once: a process that was killed may have left something undone. */
  onApplicationBootstrap(): void {
    if (this.everyMs === 0) return;
    this.timer = setInterval(() => void this.run(), this.everyMs).unref();
    void this.run();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  /** Compares all rooms, if it is this process's turn. Does not reject. */
  run(): Promise<void> {
    this.running ??= this.compareAll().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  /** Compares one room, which may be gone. Does not reject. */
  async compareRoom(room: string): Promise<void> {
    try {
      await this.compare([room], { room });
    } catch (error) {
      this.report(error);
    }
  }

  private async compareAll(): Promise<void> {
    // A little less than the interval, so that a timer that is late by some milliseconds does not leave one out.
    if (!(await this.store.takeTurn('reconcile', this.everyMs * 0.9))) return;
    try {
      const unadmitted = await this.compare((await this.rooms.listRooms()).map(({ name }) => name));
      this.events.emit(ACCESS_RECONCILED, { unadmitted } satisfies AccessReconciledEvent);
      if (this.failed) this.logger.log('The participants of LiveKit are compared again');
      this.failed = false;
    } catch (error) {
      this.report(error);
    }
  }

  /** Returns how many participants have no admission. Rejects if LiveKit cannot be asked. */
  private async compare(rooms: readonly string[], within?: { readonly room: string }): Promise<number> {
    const before = Date.now();
    const seen = new Map<string, ReadonlySet<string>>();
    let unadmitted = 0;
    for (let first = 0; first < rooms.length; first += AT_ONCE) {
      const some = rooms.slice(first, first + AT_ONCE);
      const compared = some.map(async (room) => {
        for (const [key, sids] of await this.compareParticipants(room)) {
          if (sids === undefined) unadmitted += 1;
          else seen.set(key, sids);
        }
      });
      await Promise.all(compared);
    }
    await this.forgetAbsent(seen, before, within);
    return unadmitted;
  }

  /** The connections of each participant of the room; undefined for one without an admission. */
  private async compareParticipants(room: string): Promise<Map<string, ReadonlySet<string> | undefined>> {
    const listed = (await this.participantsOf(room)).filter(
      ({ state }) => state !== ParticipantInfo_State.DISCONNECTED,
    );
    const keys = listed.map(({ identity }) => participantKey(room, identity));
    const known = await this.store.findAll(keys);
    const result = new Map<string, ReadonlySet<string> | undefined>();
    for (const [index, seen] of listed.entries()) {
      const key = keys[index] ?? '';
      const participant = known[index];
      const recorded = participant ? { key, participant } : await this.presence.find(room, seen.identity);
      if (recorded === undefined) result.set(key, undefined);
      else {
        const connection = connectionOf(recorded.participant.identity, seen.identity, seen.sid);
        await this.compareOne(room, recorded, seen, connection);
        result.set(recorded.key, new Set([...(result.get(recorded.key) ?? []), connection]));
      }
    }
    return result;
  }

  private async compareOne(
    room: string,
    { key, participant: admitted }: Recorded,
    seen: SeenParticipant,
    connection: string,
  ): Promise<void> {
    if (!admitted.connections.has(connection)) {
      await this.presence.joined(room, seen);
      return;
    }
    const standing = standingOf(admitted, this.revocations);
    if (standing?.end !== undefined || admitted.permissionDue) await this.enforcement.examine([key]);
    else if (standing?.admission.endsAt !== undefined) await this.store.examineAt([key], standing.admission.endsAt);
  }

  /** Notes that those have left who were known to be present before LiveKit was asked, and are not. */
  private async forgetAbsent(
    seen: ReadonlyMap<string, ReadonlySet<string>>,
    before: number,
    within?: { readonly room: string },
  ): Promise<void> {
    const keys = await this.store.present(within);
    const found = await this.store.findAll(keys);
    for (const [index, participant] of found.entries()) {
      const key = keys[index] ?? '';
      for (const [sid, since] of participant?.connections ?? []) {
        if (since < before && seen.get(key)?.has(sid) !== true) await this.store.missing(key, sid);
      }
    }
    await this.store.keep(keys);
  }

  private async participantsOf(room: string) {
    try {
      return await this.rooms.listParticipants(room);
    } catch (error) {
      if (error instanceof ProblemException && error.code === 'LIVEKIT_NOT_FOUND') return [];
      throw error;
    }
  }

  private report(error: unknown): void {
    const code = error instanceof ProblemException ? error.code : undefined;
    if (!this.failed) {
      this.logger.warn('The participants of LiveKit cannot be compared with the admissions', code ? { code } : error);
    }
    this.failed = true;
  }
}
