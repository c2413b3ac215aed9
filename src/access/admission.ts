import type { Caller } from '../auth/caller.js';
import type { RequestedOptions } from '../policy/join-request.js';
import type { JoinGrants } from '../livekit/token-terms.js';
import { type AccessEndCause, type RevocationSubject, sessionOf } from '../revocations/revocation.js';

/** Why an admission is over. */
export interface AccessEnd {
  readonly cause: AccessEndCause;
  readonly reason?: string | undefined;
}

/** Why a participant may be in a room: one for each token that was issued. Times are in milliseconds since the epoch. */
export interface Admission {
  readonly room: string;
  readonly identity: string;
  /** Display name. */
  readonly name?: string | undefined;
  /** With the verified claims. */
  readonly caller: Caller;
  readonly requested: RequestedOptions;
  readonly grants: JoinGrants;
  /** The rule of JOIN_RULES_FILE, counted from 1. */
  readonly rule?: number | undefined;
  readonly ruleName?: string | undefined;
  /** The class of the policy that decided. */
  readonly policy?: string | undefined;
  /** Which content of JOIN_RULES_FILE was in force. */
  readonly rulesVersion?: string | undefined;
  readonly issuedAt: number;
  /** The end of the token. LiveKit renews the tokens of those who are connected. */
  readonly expiresAt: number;
  readonly endsAt?: number | undefined;
  /** The last revocation that was known when the decision began. Later ones void this admission. */
  readonly revision: number;
  /** It ended without a revocation: by other rules. */
  readonly ended?: AccessEnd | undefined;
}

/** The admissions of one identity in one room. */
export interface Participant {
  readonly room: string;
  readonly identity: string;
  /** One for each session of a caller, the newest last. */
  readonly admissions: readonly Admission[];
  /** The connections to LiveKit by their `sid`, with the time when each became known. Empty: not present. */
  readonly connections: ReadonlyMap<string, number>;
  /** LiveKit has to be told the grants. */
  readonly permissionDue: boolean;
}

/** Two participants have the same key only if room and identity are the same. */
export const participantKey = (room: string, identity: string): string => `${room.length}:${room}${identity}`;

export function subjectOf({ room, identity, caller }: Admission): RevocationSubject {
  if (caller.kind === 'anonymous') return { room, identity };
  return { room, identity, issuer: caller.issuer, subject: caller.subject, session: sessionOf(caller) };
}

/** Whether a later admission replaces the earlier one: both are of the same session of the same caller. */
function isSameSession({ caller: one }: Admission, { caller: other }: Admission): boolean {
  if (one.kind === 'anonymous' || other.kind === 'anonymous') return one.kind === other.kind;
  return one.issuer === other.issuer && one.subject === other.subject && sessionOf(one) === sessionOf(other);
}

/** Of callers with the same identity in the same room. */
export const MAX_SESSIONS = 10;

/** In place of that of the same session. The last sessions are kept. */
export function withLatest(admissions: readonly Admission[], latest: Admission): readonly Admission[] {
  const [only] = admissions;
  if (admissions.length === 1 && only !== undefined && isSameSession(only, latest)) return [latest];
  const others = admissions.filter((other) => !isSameSession(other, latest));
  return [...others, latest].slice(-MAX_SESSIONS);
}

/** LiveKit renews tokens by ten minutes, and accepts each for a minute more. */
const RENEWED_FOR_MS = 12 * 60_000;
const LEEWAY_MS = 2 * 60_000;

/** Until when an absent participant can come back with a token, in milliseconds since the epoch. */
export function rememberedUntil(admissions: readonly Admission[], lastSeen?: number): number {
  let until = lastSeen === undefined ? 0 : lastSeen + RENEWED_FOR_MS;
  for (const { expiresAt } of admissions) until = Math.max(until, expiresAt + LEEWAY_MS);
  return until;
}
