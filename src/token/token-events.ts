import { OnEvent } from '@nestjs/event-emitter';

import type { JoinGrants } from '../livekit/token-terms.js';

/** What both kinds of decision have. No member contains a token, a secret or a claim other than issuer and subject. */
interface TokenDecision {
  /** The path of the route. */
  readonly route: string;
  readonly requestId: string;
  /** The client's address, subject to TRUST_PROXY. */
  readonly address: string;
  /** `<issuer> <subject>`, or `anonymous`; missing if the caller was not identified. */
  readonly caller?: string;
}

/** A token was signed. */
export interface TokenIssuedEvent extends TokenDecision {
  readonly room: string;
  readonly identity: string;
  /** Seconds. */
  readonly ttl: number;
  readonly grants: JoinGrants;
  /** The rule of JOIN_RULES_FILE that admitted the participant, counted from 1. */
  readonly rule?: number;
  /** The name of that rule, if it has one. */
  readonly ruleName?: string;
  /** When access ends, in milliseconds since the epoch; missing if it does not end by itself. */
  readonly endsAt?: number;
}

/** A token request failed. Room and identity are missing if the request does not state valid ones. */
export interface TokenRefusedEvent extends TokenDecision {
  readonly room?: string;
  readonly identity?: string;
  readonly status: number;
  /** The stable code of the error. */
  readonly code: string;
  /** The class of the policy that refused. */
  readonly policy?: string;
}

export const TOKEN_ISSUED = 'token.issued';
export const TOKEN_REFUSED = 'token.refused';

type ListenerOf<Event> = <Method extends (event: Event) => unknown>(
  target: object,
  name: string | symbol,
  descriptor: TypedPropertyDescriptor<Method>,
) => void;

/**
 * Calls the method for every issued token, after the decision. Errors of the method are logged and change nothing.
 *
 * @example
 * @OnTokenIssued()
 * issued({ room, identity }: TokenIssuedEvent): void {}
 */
export const OnTokenIssued = (): ListenerOf<TokenIssuedEvent> => OnEvent(TOKEN_ISSUED);

/**
 * Calls the method for every refused token request, whatever the cause. Errors of the method are logged and change nothing.
 *
 * @example
 * @OnTokenRefused()
 * refused({ address, code }: TokenRefusedEvent): void {}
 */
export const OnTokenRefused = (): ListenerOf<TokenRefusedEvent> => OnEvent(TOKEN_REFUSED);
