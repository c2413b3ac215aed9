import { Injectable, Optional } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';

import type { Caller } from '../auth/caller.js';
import { ProblemException } from '../errors/problem.exception.js';
import { type Problem, problemOf } from '../errors/problem.js';
import { LiveKitTokenService } from '../livekit/livekit-token.service.js';
import { isBlank, isFitName, MAX_NAME_BYTES } from '../livekit/names.js';
import { currentContext } from '../logging/request-context.js';
import { JoinDecisions } from '../policy/join-decisions.js';
import type { AdmissionRequest } from '../policy/join-request.js';
import type { JoinTerms } from '../policy/join-terms.js';
import { inSpan, nameInTrace } from '../telemetry/tracing.js';
import { ParticipantTraces } from '../webhook/participant-traces.service.js';

import { TOKEN_ISSUED, TOKEN_REFUSED, type TokenIssuedEvent, type TokenRefusedEvent } from './token-events.js';

const OTHER_ROUTE = 'other';

export interface Admission {
  /** Signed. Must not be logged. */
  readonly token: string;
  readonly terms: JoinTerms;
}

/** What is known of a token request that failed. */
export interface RefusedRequest {
  readonly caller?: Caller | undefined;
  readonly room?: unknown;
  readonly identity?: unknown;
}

/**
 * From a request to a signed token, for any route or gateway: policies, signature, and one event for audit log, metrics and listeners.
 * Injected by importing `TokenModule`.
 *
 * @example
 * const { token } = await this.admissions.admit({ route: '/partners/token', caller, room, requested: {} });
 */
@Injectable()
export class AdmissionService {
  /** Errors whose event was published. */
  private readonly published = new WeakSet<Error>();

  constructor(
    private readonly decisions: JoinDecisions,
    private readonly tokens: LiveKitTokenService,
    private readonly events: EventEmitter2,
    @Optional() private readonly traces?: ParticipantTraces,
  ) {}

  /**
   * Admits the participant, or throws an HttpException: that of the policy that refuses, POLICY_FAILED (503), ACCESS_ENDED or
   * ACCESS_REVOKED (403), INVALID_TOKEN (401) if the session was ended meanwhile, or NAME_BLANK, NAME_TOO_LONG or NAME_NOT_UNICODE (400). Anonymous callers must request an identity.
   */
  async admit(request: AdmissionRequest): Promise<Admission> {
    let policy: string | undefined;
    try {
      checkNames(request);
      const decision = await this.decisions.decide(request);
      if ('refusal' in decision) {
        ({ policy } = decision);
        throw decision.refusal;
      }
      const { terms } = decision;
      const token = inSpan('sign token', {}, () => this.tokens.sign(terms));
      nameInTrace(terms.room, terms.identity);
      this.traces?.remember(terms);
      this.publishIssued(request, terms);
      return { token, terms };
    } catch (error) {
      const { status, code } = problemOf(error, '');
      const { route = OTHER_ROUTE, caller, room, requested } = request;
      this.publishRefused(route, { caller, room, identity: requested.identity }, status, code, policy);
      if (error instanceof Error) this.published.add(error);
      throw error;
    }
  }

  /**
   * Publishes an error of a token route, unless {@link admit} has done so. `room` and `identity` are as the client sent them; only
   * valid names are published.
   */
  refused(route: string, error: unknown, { status, code }: Problem, request: RefusedRequest): void {
    if (error instanceof Error && this.published.has(error)) return;
    this.publishRefused(route, request, status, code);
  }

  private publishIssued({ route = OTHER_ROUTE, caller }: AdmissionRequest, terms: JoinTerms): void {
    const { room, identity, rule, ruleName, ttl, grants, endsAt } = terms;
    const event: TokenIssuedEvent = {
      ...originOf(route, caller),
      room,
      identity,
      ...(rule !== undefined && { rule }),
      ...(ruleName !== undefined && { ruleName }),
      ttl,
      grants,
      ...(endsAt !== undefined && { endsAt }),
    };
    this.events.emit(TOKEN_ISSUED, event);
  }

  private publishRefused(
    route: string,
    { caller, room, identity }: RefusedRequest,
    status: number,
    code: string,
    policy?: string,
  ): void {
    const known = caller?.kind === 'verified' && caller.mayActFor === undefined ? caller.identity : identity;
    const event: TokenRefusedEvent = {
      ...originOf(route, caller),
      ...(isFitName(room) && { room }),
      ...(isFitName(known) && { identity: known }),
      ...(policy !== undefined && { policy }),
      status,
      code,
    };
    this.events.emit(TOKEN_REFUSED, event);
  }
}

/** The routes of the service have checked them before. */
function checkNames({ caller, room, requested: { identity, name } }: AdmissionRequest): void {
  checkName('room', room);
  if (identity !== undefined || caller.kind === 'anonymous') checkName('identity', identity ?? '');
  if (name !== undefined) checkName('name', name);
}

function checkName(field: string, name: unknown): void {
  if (isFitName(name)) return;
  if (typeof name !== 'string' || isBlank(name)) throw new ProblemException('NAME_BLANK', { field });
  if (!name.isWellFormed()) throw new ProblemException('NAME_NOT_UNICODE', { field });
  throw new ProblemException('NAME_TOO_LONG', { field, max: MAX_NAME_BYTES });
}

function originOf(route: string, caller: Caller | undefined) {
  const { requestId = '', address = '' } = currentContext() ?? {};
  return { route, requestId, address, ...(caller && { caller: nameOf(caller) }) };
}

const nameOf = (caller: Caller): string =>
  caller.kind === 'anonymous' ? 'anonymous' : `${caller.issuer} ${caller.subject}`;
