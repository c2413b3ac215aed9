import type { TokenTerms } from '../livekit/token-terms.js';

// Deprecated path of these, for one release: import `livekit-token-service/policy`.
export { TRACK_SOURCES } from '../livekit/token-terms.js';
export type { JoinGrants, RoomSettings, TrackSourceName } from '../livekit/token-terms.js';

/** The terms of a join: what the token will say. Checked after each policy that changes them. */
export interface JoinTerms extends TokenTerms {
  /** The rule of JOIN_RULES_FILE that admitted the participant, counted from 1. For audit only, not signed. */
  readonly rule?: number | undefined;
  readonly ruleName?: string | undefined;
}
