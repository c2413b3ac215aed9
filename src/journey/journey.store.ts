import type { JourneyStep } from './journey-step.js';

/** A participant, or a room without `identity`. */
export interface JourneySubject {
  readonly room: string;
  readonly identity?: string | undefined;
}

export interface AddOptions {
  /** Records the step only if something is recorded of the subject: requests of strangers must not evict others. */
  readonly onlyIfKnown?: boolean;
}

/** What LiveKit has shown that it can do. Times are in milliseconds since the epoch. */
export interface LiveKitSigns {
  /** Its last webhook. */
  readonly webhookAt?: number | undefined;
  /** The last join of a person. */
  readonly joinAt?: number | undefined;
  /** When the proxy before it asked the gate about a join last. */
  readonly gateAt?: number | undefined;
}

/**
 * What happened to participants and rooms, for 24 hours at most and for the last 10,000 of each. No method rejects, and adding waits for
 * nothing: a step that cannot be stored is dropped.
 */
export abstract class JourneyStore {
  /** When this record begins, in milliseconds since the epoch; undefined if it is as old as steps are kept. */
  abstract readonly since: number | undefined;
  abstract add(subject: JourneySubject, step: JourneyStep, options?: AddOptions): void;
  abstract sign(signs: LiveKitSigns): void;
  /** Oldest first. */
  abstract find(subject: JourneySubject): Promise<readonly JourneyStep[]>;
  abstract signs(): Promise<LiveKitSigns>;
  /** Participants, the most recent first. */
  abstract participants(): Promise<readonly Required<JourneySubject>[]>;
}

/** Participants and rooms, each. */
export const MAX_SUBJECTS = 10_000;

/** Length first, so that no two subjects have the same key. */
export const subjectKey = ({ room, identity }: JourneySubject): string =>
  identity === undefined ? `r${room}` : `p${room.length}:${room}${identity}`;

/** Of the key of a participant. */
export function participantOf(key: string): Required<JourneySubject> {
  const colon = key.indexOf(':');
  const start = colon + 1;
  const end = start + Number(key.slice(1, colon));
  return { room: key.slice(start, end), identity: key.slice(end) };
}
