import { OnEvent } from '@nestjs/event-emitter';

import type { AccessEndCause } from '../revocations/revocation.js';

/** Why the gate opened: a code for metrics. */
export type GateOpening =
  /** Clients cannot join at this address. */
  | 'OTHER_PATH'
  /** A CORS preflight. */
  | 'NO_TOKEN'
  /** The token does not let its holder join. */
  | 'NO_JOIN'
  | 'ADMITTED'
  /** An agent, egress, ingress or SIP. */
  | 'LIVEKIT'
  /** A genuine token without an admission. */
  | 'UNKNOWN';

export interface GateDecidedEvent {
  /** `failed` if the request of the proxy was invalid, or the service could not decide. */
  readonly outcome: 'opened' | 'refused' | 'failed';
  /** A {@link GateOpening}, or the code of the error. */
  readonly code: string;
}

export const GATE_DECIDED = 'access.gate.decided';

export const OnGateDecided = (): MethodDecorator => OnEvent(GATE_DECIDED);

/** The gate has decided about a genuine token of a participant, who came to LiveKit's door. Not published for other requests. */
export interface GateJoinEvent {
  readonly room: string;
  readonly identity: string;
  readonly outcome: 'opened' | 'refused';
  /** A {@link GateOpening}, or the code of the error. JOIN_TOKEN_INVALID: the token has expired. */
  readonly code: string;
  /** Why the access is over, if that is why the gate refused. */
  readonly cause?: AccessEndCause | undefined;
}

export const GATE_JOIN = 'access.gate.join';

export const OnGateJoin = (): MethodDecorator => OnEvent(GATE_JOIN);
