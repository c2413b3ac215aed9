import { Injectable } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';

import type { Caller } from '../auth/caller.js';
import { ProblemException } from '../errors/problem.exception.js';
import { type Problem, problemOf } from '../errors/problem.js';
import { isFitName } from '../livekit/names.js';
import { currentContext } from '../logging/request-context.js';
import type { AdmissionRequest } from '../policy/join-request.js';
import type { JoinTerms } from '../policy/join-terms.js';
import { PolicyChain } from '../policy/policy-chain.service.js';

import { LiveKitTokenService } from './livekit-token.service.js';
import { TOKEN_ISSUED, TOKEN_REFUSED, type TokenIssuedEvent, type TokenRefusedEvent } from './token-events.js';

export interface Admission {
  readonly token: string;
  readonly terms: JoinTerms;
}

/** What is known of a token request that failed. */
export interface RefusedRequest {
  readonly caller?: Caller | undefined;
  readonly room?: unknown;
  readonly identity?: unknown;
}

/** The way from a request to a signed token, for every route: policies, signature, and one event for the audit log and metrics. */
@Injectable()
export class AdmissionService {
  /** Errors whose event was published. */
  private readonly published = new WeakSet<Error>();

  constructor(
    private readonly policies: PolicyChain,
    private readonly tokens: LiveKitTokenService,
    private readonly events: EventEmitter2,
  ) {}

  /** Throws the HttpException of the policy that refuses, or POLICY_FAILED (503). `route` is the path for audit and metrics. */
  async admit(route: string, request: AdmissionRequest): Promise<Admission> {
    const decision = await this.policies.decide(request);
    if ('refusal' in decision) {
      const { refusal, policy } = decision;
      const { code, status } = problemOf(refusal, '');
      this.publishRefused(route, { ...request, identity: request.requested.identity }, status, code, policy);
      this.published.add(refusal);
      throw refusal;
    }
    const terms = withinAccess(decision.terms);
    const token = this.tokens.sign(terms);
    const { room, identity, rule, ruleName, ttl, grants, endsAt } = terms;
    const event: TokenIssuedEvent = {
      ...originOf(route, request.caller),
      room,
      identity,
      ...(rule !== undefined && { rule }),
      ...(ruleName !== undefined && { ruleName }),
      ttl,
      grants,
      ...(endsAt !== undefined && { endsAt }),
    };
    this.events.emit(TOKEN_ISSUED, event);
    return { token, terms };
  }

  /**
   * Publishes an error of a token route, unless {@link admit} has done so. `room` and `identity` are as the client sent them; only
   * valid names are published.
   */
  refused(route: string, error: unknown, { status, code }: Problem, request: RefusedRequest): void {
    if (error instanceof Error && this.published.has(error)) return;
    this.publishRefused(route, request, status, code);
  }

  private publishRefused(
    route: string,
    { caller, room, identity }: RefusedRequest,
    status: number,
    code: string,
    policy?: string,
  ): void {
    const known = caller?.kind === 'verified' ? caller.identity : identity;
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

/** A token does not outlive the access that it opens. Throws ACCESS_ENDED (403) if that has ended. */
function withinAccess(terms: JoinTerms): JoinTerms {
  if (terms.endsAt === undefined) return terms;
  const left = Math.floor((terms.endsAt - Date.now()) / 1000);
  if (left < 1) throw new ProblemException('ACCESS_ENDED');
  return left < terms.ttl ? { ...terms, ttl: left } : terms;
}

function originOf(route: string, caller: Caller | undefined) {
  const { requestId = '', address = '' } = currentContext() ?? {};
  return { route, requestId, address, ...(caller && { caller: nameOf(caller) }) };
}

const nameOf = (caller: Caller): string =>
  caller.kind === 'anonymous' ? 'anonymous' : `${caller.issuer} ${caller.subject}`;
