/** LiveKit's names of what can be published. */
export const TRACK_SOURCES = ['camera', 'microphone', 'screen_share', 'screen_share_audio'] as const;

export type TrackSourceName = (typeof TRACK_SOURCES)[number];

/**
 * The grants that a rule or policy may set. LiveKit's defaults apply to those left out: publish, subscribe and data are allowed, all
 * others are not. Grants over other rooms, recordings or the project are never signed.
 */
export interface JoinGrants {
  readonly canPublish?: boolean;
  readonly canSubscribe?: boolean;
  readonly canPublishData?: boolean;
  /** Not empty: LiveKit reads an empty list as all sources. */
  readonly canPublishSources?: readonly TrackSourceName[];
  readonly canUpdateOwnMetadata?: boolean;
  readonly canSubscribeMetrics?: boolean;
  readonly hidden?: boolean;
  readonly roomAdmin?: boolean;
}

/** Settings of a room that a rule or policy may set. Whole numbers from 1 to 2^32 - 1; durations in seconds. Egress is never signed. */
export interface RoomSettings {
  readonly maxParticipants?: number;
  /** How long an empty room stays open before the first participant joins. */
  readonly emptyTimeout?: number;
  /** How long the room stays open after the last participant has left. */
  readonly departureTimeout?: number;
}

/** LiveKit's RoomAgentDispatch, as far as a client may ask for one. */
export interface AgentDispatch {
  /** Empty for the agents that were registered without a name. */
  readonly agentName: string;
  readonly metadata?: string | undefined;
  readonly deployment?: string | undefined;
  /** Become the attributes of the agent as a participant. */
  readonly attributes?: Readonly<Record<string, string>> | undefined;
}

/** What a token says. */
export interface TokenTerms {
  /** Like identity and name: well-formed Unicode, not blank, at most 256 bytes of UTF-8. */
  readonly room: string;
  /** Becomes `sub`. LiveKit disconnects the participant of this identity who is in the room already. */
  readonly identity: string;
  /** Display name. */
  readonly name?: string | undefined;
  /** Together with attributes and agents at most 4096 bytes of UTF-8. */
  readonly metadata?: string | undefined;
  readonly attributes?: Readonly<Record<string, string>> | undefined;
  /** At most 10. */
  readonly agents?: readonly AgentDispatch[] | undefined;
  readonly grants: JoinGrants;
  /**
   * When access ends, in milliseconds since the epoch, also for participants who are in the room. The token does not outlive it.
   * Default: access does not end by itself.
   */
  readonly endsAt?: number | undefined;
  /** Applied by LiveKit when this join creates the room. */
  readonly roomSettings?: RoomSettings | undefined;
  /** Seconds in which the token can be used to join, a whole number from 1 to 86,400. Participants who have joined stay. */
  readonly ttl: number;
}
