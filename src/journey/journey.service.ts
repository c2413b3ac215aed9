import { Injectable } from '@nestjs/common';

import { RevocationLog } from '../revocations/revocation.log.js';

import { conclude } from './conclude.js';
import type { Conclusion } from './conclusion.js';
import type { JourneyFacts } from './journey-facts.js';
import type { JourneyStep, TokenRefused } from './journey-step.js';
import { JourneyStore, type JourneySubject, subjectKey } from './journey.store.js';
import { LiveKitInspection } from './livekit-inspection.service.js';
import { isSimilar } from './similar-names.js';
import { unknownsOf } from './unknowns.js';

/** More would not help. */
const MAX_SIMILAR = 3;

export interface Journey {
  readonly room: string;
  readonly identity: string;
  /** Oldest first. */
  readonly steps: readonly JourneyStep[];
  readonly conclusion: Conclusion;
  /** What cannot be known, in sentences. */
  readonly unknown: readonly string[];
}

/** Whether the asker may learn of a participant in another room. */
type MaySee = (room: string) => Promise<boolean>;

/** Tells why a participant is not in a room. */
@Injectable()
export class JourneyService {
  private readonly startedAt = Date.now();

  constructor(
    private readonly store: JourneyStore,
    private readonly livekit: LiveKitInspection,
    private readonly revocations: RevocationLog,
  ) {}

  /** Asks the record, and LiveKit itself. Takes 5 s at most. */
  async tell(room: string, identity: string, maySee: MaySee): Promise<Journey> {
    const [steps, roomSteps, signs, live] = await Promise.all([
      this.store.find({ room, identity }),
      this.store.find({ room }),
      this.store.signs(),
      this.livekit.look(room, identity),
    ]);
    const last = steps.at(-1)?.at ?? 0;
    const facts: JourneyFacts = {
      now: Date.now(),
      room,
      identity,
      steps,
      roomSteps,
      strangers: roomSteps.filter((step): step is TokenRefused => step.step === 'token_refused' && step.at > last),
      similar: steps.length === 0 ? await this.similar({ room, identity }, maySee) : [],
      ended: this.ended(room, identity),
      isBanned: this.revocations.banOn({ room, identity }) !== undefined,
      signs,
      heardSince: this.startedAt,
      live,
    };
    const merged = [...steps, ...roomSteps.filter(({ step }) => step !== 'token_refused')];
    return {
      room,
      identity,
      steps: merged.toSorted((one, other) => one.at - other.at),
      conclusion: conclude(facts),
      unknown: unknownsOf(facts, this.store.since),
    };
  }

  private ended(room: string, identity: string): JourneyFacts['ended'] {
    const revocation = this.revocations.covering({ room, identity });
    if (revocation === undefined) return undefined;
    const { scope, at } = revocation;
    return { at, isRoom: 'room' in scope && scope.identity === undefined };
  }

  private async similar(subject: Required<JourneySubject>, maySee: MaySee): Promise<Required<JourneySubject>[]> {
    const found: Required<JourneySubject>[] = [];
    for (const other of await this.store.participants()) {
      if (found.length >= MAX_SIMILAR) break;
      const isOther = subjectKey(other) !== subjectKey(subject);
      if (!isOther || !isSimilar(other.room, subject.room) || !isSimilar(other.identity, subject.identity)) continue;
      if (other.room === subject.room || (await maySee(other.room))) found.push(other);
    }
    return found;
  }
}
