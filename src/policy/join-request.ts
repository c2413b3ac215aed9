/** Somebody asks to be let into a room: who, where, and what they wish for. Nothing in it is granted yet. */
import type { Caller } from '../auth/caller.js';

/** What the client asked for about itself. Checked for form, not for permission. */
export interface JoinWishes {
  readonly identity?: string | undefined;
  /** Display name. */
  readonly name?: string | undefined;
  readonly metadata?: string | undefined;
  readonly attributes?: Readonly<Record<string, string>> | undefined;
  /** Agents to dispatch when the join creates the room. */
  readonly agents?: readonly AgentDispatch[] | undefined;
}

/** LiveKit's RoomAgentDispatch, as far as a client may ask for one. */
export interface AgentDispatch {
  readonly agentName: string;
  readonly metadata?: string | undefined;
  readonly deployment?: string | undefined;
}

export interface JoinRequest {
  readonly caller: Caller;
  readonly room: string;
  readonly wishes: JoinWishes;
}
