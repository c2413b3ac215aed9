/** One rule of JOIN_RULES_FILE, checked: who may join which rooms, and what differs from the defaults for them. */
import type { JoinGrants } from '../policy/join-terms.js';
import { ownClaim, type RoomPattern } from './room-pattern.js';

/** What a claim is compared with. */
export type ClaimValue = string | number | boolean;

export interface JoinRule {
  /** Its place in the file, from 1: how operators and the audit name it. */
  readonly number: number;
  /** One at least. */
  readonly rooms: readonly RoomPattern[];
  /** Claims that the caller must have, all of them; empty: any caller, anonymous ones too. */
  readonly callers: readonly (readonly [claim: string, value: ClaimValue])[];
  readonly grants: JoinGrants;
  /** Seconds; undefined: TOKEN_TTL. */
  readonly ttl?: number | undefined;
}

export type Claims = Readonly<Record<string, unknown>>;

export function isMet({ rooms, callers }: JoinRule, room: string, claims: Claims): boolean {
  return (
    callers.every(([claim, value]) => says(ownClaim(claims, claim), value)) &&
    rooms.some((pattern) => pattern.matches(room, claims))
  );
}

/** A claim says a value when it is that value, or a list that holds it. */
function says(claim: unknown, value: ClaimValue): boolean {
  return claim === value || (Array.isArray(claim) && claim.includes(value));
}
