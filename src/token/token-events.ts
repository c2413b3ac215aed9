/** Every decision about a token, as an event that logs, metrics and a team's own modules listen to. */
import { OnEvent } from '@nestjs/event-emitter';

import type { AuditFacts } from '../logging/request-context.js';
import type { JoinGrants } from '../policy/join-terms.js';

/** What both kinds of decision know. Holds no token and no secret. */
interface TokenDecision extends AuditFacts {
  /** The route asked, as its path. */
  readonly route: string;
  readonly requestId: string;
  /** The client's address, as TRUST_PROXY lets us see it. */
  readonly address: string;
}

/** A token was signed and is about to be answered. */
export interface TokenIssuedEvent extends TokenDecision {
  readonly room: string;
  readonly identity: string;
  /** Seconds. */
  readonly ttl: number;
  readonly grants: JoinGrants;
}

/** No token was signed. Room and identity are known if the request came as far as a policy. */
export interface TokenRefusedEvent extends TokenDecision {
  readonly status: number;
  /** The failure's stable code. */
  readonly code: string;
}

export const TOKEN_ISSUED = 'token.issued';
export const TOKEN_REFUSED = 'token.refused';

type ListenerOf<Event> = <Method extends (event: Event) => unknown>(
  target: object,
  name: string | symbol,
  descriptor: TypedPropertyDescriptor<Method>,
) => void;

/** Calls the method for every issued token, after the decision; what it throws is logged and changes nothing. */
export const OnTokenIssued = (): ListenerOf<TokenIssuedEvent> => OnEvent(TOKEN_ISSUED);

/** Calls the method for every refused token request, whatever the cause; what it throws is logged and changes nothing. */
export const OnTokenRefused = (): ListenerOf<TokenRefusedEvent> => OnEvent(TOKEN_REFUSED);
