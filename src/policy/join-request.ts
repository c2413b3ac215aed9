import type { Caller } from '../auth/caller.js';
import type { AgentDispatch } from '../livekit/token-terms.js';

// Deprecated path of this, for one release: import `livekit-token-service/policy`.
export type { AgentDispatch } from '../livekit/token-terms.js';

/** What the client asked for about itself. Checked for form, not for permission. */
export interface RequestedOptions {
  readonly identity?: string | undefined;
  /** Display name. */
  readonly name?: string | undefined;
  readonly metadata?: string | undefined;
  readonly attributes?: Readonly<Record<string, string>> | undefined;
  /** Agents to dispatch when the join creates the room. */
  readonly agents?: readonly AgentDispatch[] | undefined;
  /** Settings of the room or its agents that it wrote and that are never signed, by the names it wrote. */
  readonly otherSettings?: readonly string[] | undefined;
}

/** Agents of one token. Each is a job at the operator's cost. */
export const MAX_AGENTS = 10;

/** What `AdmissionService.admit()` is called with. Nothing in it is granted yet. */
export interface AdmissionRequest {
  /**
   * Where the request came in, for audit log and metrics: the path of an HTTP route, or a name such as `lobby-gateway`. One of few: each
   * value takes memory for the life of the process.
   *
   * @default 'other'
   */
  readonly route?: string | undefined;
  readonly caller: Caller;
  readonly room: string;
  readonly requested: RequestedOptions;
  /**
   * When the participant was admitted, in milliseconds since the epoch, if that is decided again because the join rules have changed.
   * Missing for a request for a token.
   */
  readonly admittedAt?: number | undefined;
}

/** What each policy is given. */
export interface JoinRequest extends AdmissionRequest {
  /** @deprecated Read `requested`. Removed in the next release. */
  readonly wishes: RequestedOptions;
}

/** @deprecated Use {@link RequestedOptions}. Removed in the next release. */
export type JoinWishes = RequestedOptions;
