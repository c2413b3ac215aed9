import { OnEvent } from '@nestjs/event-emitter';

import type { AccessEndCause } from '../revocations/revocation.js';

/** A participant was sent out of a room. No member contains a token, a secret or a claim other than issuer and subject. */
export interface AccessEndedEvent {
  readonly room: string;
  readonly identity: string;
  readonly cause: AccessEndCause;
  /** The reason that was given for it. */
  readonly reason?: string;
  /** `<issuer> <subject>`, or `anonymous`. */
  readonly caller: string;
  /** The rule of JOIN_RULES_FILE that had admitted the participant, counted from 1. */
  readonly rule?: number;
  readonly ruleName?: string;
}

export const ACCESS_ENDED = 'access.ended';

type ListenerOf<Event> = <Method extends (event: Event) => unknown>(
  target: object,
  name: string | symbol,
  descriptor: TypedPropertyDescriptor<Method>,
) => void;

/**
 * Calls the method after a participant was sent out of a room, on the instance that did it. Errors of the method are logged and change
 * nothing.
 *
 * @example
 * @OnAccessEnded()
 * ended({ room, identity, cause }: AccessEndedEvent): void {}
 */
export const OnAccessEnded = (): ListenerOf<AccessEndedEvent> => OnEvent(ACCESS_ENDED);

/** The process remembers no more admissions, and forgot one. */
export const ADMISSION_EVICTED = 'access.admission.evicted';

/** The participants of LiveKit were compared with the record. */
export interface AccessReconciledEvent {
  /** Participants without an admission, who are left alone. */
  readonly unadmitted: number;
}

export const ACCESS_RECONCILED = 'access.reconciled';
