import type { Claims } from '../auth/claim-path.js';
import type { ClaimTemplate } from '../auth/claim-template.js';
import type { AgentDispatch } from '../livekit/token-terms.js';
import type { JoinGrants, RoomSettings } from '../livekit/token-terms.js';

import { type ClaimCondition, holds } from './claim-condition.js';
import type { RoomPattern } from './room-pattern.js';
import type { TimeWindow } from './time-window.js';

/** One rule of JOIN_RULES_FILE, checked. Durations are in seconds. */
export interface JoinRule {
  /** Its place in the file, from 1. */
  readonly number: number;
  /** Unique in the file. */
  readonly name?: string | undefined;
  /** At least one; any of them suffices. */
  readonly rooms: readonly RoomPattern[];
  /** All of them must hold. Empty: any caller, anonymous ones too. */
  readonly callers: readonly ClaimCondition[];
  /** Any of them excludes the caller. */
  readonly except: readonly ClaimCondition[];
  /** Any of them suffices. Empty: at any time. */
  readonly when: readonly TimeWindow[];
  readonly grants: JoinGrants;
  /** Default: TOKEN_TTL. */
  readonly ttl?: number | undefined;
  /** Access ends so long after the token was issued. */
  readonly stay?: number | undefined;
  readonly identity?: ClaimTemplate | undefined;
  readonly attributes?: readonly (readonly [name: string, value: ClaimTemplate])[] | undefined;
  readonly metadata?: ClaimTemplate | undefined;
  /** Applied by LiveKit when the join creates the room. */
  readonly room?: RoomSettings | undefined;
  readonly agents?: readonly AgentDispatch[] | undefined;
}

export type Condition = 'rooms' | 'callers' | 'except' | 'when';

/** The first condition of the rule that does not hold; undefined if the rule matches. `now` is in milliseconds since the epoch. */
export function firstFailure(rule: JoinRule, room: string, claims: Claims, now: number): Condition | undefined {
  if (!rule.rooms.some((pattern) => pattern.matches(room, claims))) return 'rooms';
  if (!rule.callers.every((condition) => holds(condition, claims))) return 'callers';
  if (rule.except.some((condition) => holds(condition, claims))) return 'except';
  if (rule.when.length > 0 && !rule.when.some((window) => window.endOf(now) !== undefined)) return 'when';
  return undefined;
}
