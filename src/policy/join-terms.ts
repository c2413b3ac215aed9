/** The terms on which somebody is let in: exactly what the token will say, and nothing that it must never say. */
import type { AgentDispatch } from './join-request.js';

/** LiveKit's names of what can be published. */
export const TRACK_SOURCES = ['camera', 'microphone', 'screen_share', 'screen_share_audio'] as const;

export type TrackSourceName = (typeof TRACK_SOURCES)[number];

/**
 * The grants that a rule or policy may set; LiveKit's default counts for each that is left out: publish, subscribe and
 * data yes, all others no. Grants over rooms, recordings or the project as a whole have no place here: they are never signed.
 */
export interface JoinGrants {
  readonly canPublish?: boolean;
  readonly canSubscribe?: boolean;
  readonly canPublishData?: boolean;
  /** Not empty: LiveKit takes an empty list for all sources. */
  readonly canPublishSources?: readonly TrackSourceName[];
  readonly canUpdateOwnMetadata?: boolean;
  readonly canSubscribeMetrics?: boolean;
  readonly hidden?: boolean;
  readonly roomAdmin?: boolean;
}

/** Settings of a room that a rule or policy may set. Positive whole numbers; durations in seconds. Recordings (egress) have no place here. */
export interface RoomSettings {
  readonly maxParticipants?: number;
  /** How long an empty room stays open before the first participant joins. */
  readonly emptyTimeout?: number;
  /** How long the room stays open after the last participant has left. */
  readonly departureTimeout?: number;
}

export interface JoinTerms {
  readonly room: string;
  /** Becomes `sub`: LiveKit disconnects whoever is in the room with the same identity. */
  readonly identity: string;
  readonly name?: string | undefined;
  readonly metadata?: string | undefined;
  readonly attributes?: Readonly<Record<string, string>> | undefined;
  readonly agents?: readonly AgentDispatch[] | undefined;
  readonly grants: JoinGrants;
  /** The rule of JOIN_RULES_FILE that admitted the participant, counted from 1. For audit only, not signed. */
  readonly rule?: number | undefined;
  readonly ruleName?: string | undefined;
  /**
   * When access ends, in milliseconds since the epoch, also for participants who are in the room. The token does not outlive it.
   * Default: access does not end by itself.
   */
  readonly endsAt?: number | undefined;
  /** Applied by LiveKit when this join creates the room. */
  readonly roomSettings?: RoomSettings | undefined;
  /** Seconds in which the token opens the door; a participant who is inside is not affected by its end. */
  readonly ttl: number;
}
