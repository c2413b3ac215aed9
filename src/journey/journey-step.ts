/** What happened to a participant, as it is recorded: names, codes and times, no claims, no tokens, no addresses. */
import type { AccessEndCause } from '../revocations/revocation.js';

interface Happened<Kind extends string> {
  readonly step: Kind;
  /** When this service learned of it, in milliseconds since the epoch by its clock. */
  readonly at: number;
}

interface Requested {
  readonly requestId: string;
  readonly traceId?: string | undefined;
  /** The path of the route. */
  readonly route: string;
}

export interface TokenIssued extends Happened<'token_issued'>, Requested {
  /** The end of the token, in milliseconds since the epoch. */
  readonly expiresAt: number;
  /** The rule of JOIN_RULES_FILE, counted from 1. */
  readonly rule?: number | undefined;
  readonly ruleName?: string | undefined;
}

export interface TokenRefused extends Happened<'token_refused'>, Requested {
  readonly status: number;
  readonly code: string;
  /** The class of the policy that refused. */
  readonly policy?: string | undefined;
  /** False if the request did not prove who sent it: the participant may be another one. */
  readonly isIdentified: boolean;
  /** How many refusals for the same reason this step stands for; the last one is described. */
  readonly times: number;
}

/** The proxy before LiveKit asked the gate whether the participant may pass. */
export interface GateDecided extends Happened<'gate_opened' | 'gate_refused'> {
  /** A GateOpening, or the code of the error. JOIN_TOKEN_INVALID: the token has expired. */
  readonly code: string;
  /** Why the access is over, if that is why the gate refused. */
  readonly cause?: AccessEndCause | undefined;
  /** How many decisions alike this step stands for; the last one is described. */
  readonly times: number;
}

export interface Joined extends Happened<'joined'> {
  /** Of the connection. */
  readonly sid: string;
}

export interface Left extends Happened<'left' | 'connection_aborted'> {
  readonly sid: string;
  /** The name of LiveKit's DisconnectReason. */
  readonly reason: string;
  /** How long the connection lasted, in seconds by LiveKit's clock. */
  readonly seconds: number;
}

export interface TrackChanged extends Happened<'track_published' | 'track_unpublished'> {
  readonly sid: string;
  /** `camera`, `microphone`, `screen_share`, `screen_share_audio` or `unknown`. */
  readonly source: string;
}

export interface AccessEnded extends Happened<'access_ended'> {
  readonly cause: AccessEndCause;
}

/** Of the room, not of one participant. */
export interface RoomChanged extends Happened<'room_started' | 'room_finished'> {
  readonly sid: string;
}

export type JourneyStep =
  TokenIssued | TokenRefused | GateDecided | Joined | Left | TrackChanged | AccessEnded | RoomChanged;

/** Of each participant and each room; the oldest are forgotten first. */
export const MAX_STEPS = 24;

/** Of tracks and the gate at most: cameras that go on and off, and reconnects, must not push out how the participant came in. */
const MAX_FREQUENT_STEPS = 8;

export const KEEP_FOR_MS = 24 * 3_600_000;

/** Adds what happened next. Refusals and decisions of the gate that repeat become one step, and the number of steps is bounded. */
export function addStep(steps: JourneyStep[], next: JourneyStep): void {
  const last = steps.at(-1);
  if ('times' in next && isRepeated(last, next)) {
    steps[steps.length - 1] = { ...next, times: last.times + next.times };
    return;
  }
  if (isFrequent(next) && steps.filter(isFrequent).length >= MAX_FREQUENT_STEPS) {
    steps.splice(steps.findIndex(isFrequent), 1);
  }
  steps.push(next);
  if (steps.length > MAX_STEPS) steps.shift();
}

/** Oldest first, without those that are too old. `now` is in milliseconds since the epoch. */
export const inOrder = (steps: readonly JourneyStep[], now: number): readonly JourneyStep[] =>
  steps.filter(({ at }) => at > now - KEEP_FOR_MS).toSorted((one, other) => one.at - other.at);

function isRepeated(
  last: JourneyStep | undefined,
  next: TokenRefused | GateDecided,
): last is TokenRefused | GateDecided {
  if (last === undefined || !('times' in last) || last.step !== next.step || last.code !== next.code) return false;
  if (last.step !== 'token_refused' || next.step !== 'token_refused') return true;
  return last.route === next.route && last.isIdentified === next.isIdentified;
}

const FREQUENT = new Set<JourneyStep['step']>(['track_published', 'track_unpublished', 'gate_opened', 'gate_refused']);

const isFrequent = ({ step }: JourneyStep): boolean => FREQUENT.has(step);
