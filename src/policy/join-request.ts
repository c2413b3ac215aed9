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
  /** Settings of the room or its agents that it wrote and that are never signed, by the names it wrote. */
  readonly otherSettings?: readonly string[] | undefined;
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

export interface JoinRequest {
  readonly caller: Caller;
  readonly room: string;
  readonly wishes: JoinWishes;
}
