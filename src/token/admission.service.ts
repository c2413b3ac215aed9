/** The one way from a request to join to a signed token, whichever route it came by, and the account of each decision. */
import { Injectable } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';

import type { Problem } from '../errors/problem.js';
import { currentContext, type RequestContext } from '../logging/request-context.js';
import type { AdmissionRequest } from '../policy/join-request.js';
import type { JoinTerms } from '../policy/join-terms.js';
import { PolicyChain } from '../policy/policy-chain.service.js';

import { LiveKitTokenService } from './livekit-token.service.js';
import { TOKEN_ISSUED, TOKEN_REFUSED, type TokenIssuedEvent, type TokenRefusedEvent } from './token-events.js';

export interface Admission {
  readonly token: string;
  readonly terms: JoinTerms;
}

@Injectable()
export class AdmissionService {
  constructor(
    private readonly policies: PolicyChain,
    private readonly tokens: LiveKitTokenService,
    private readonly events: EventEmitter2,
  ) {}

  /** Throws what a policy refuses with; the caller's route reports that by {@link refused} as any other failure. */
  async admit(route: string, request: AdmissionRequest): Promise<Admission> {
    const context = currentContext();
    if (context) noteRequest(context, request);
    const terms = await this.policies.decide(request);
    const token = this.tokens.sign(terms);
    const { room, identity, ttl, grants } = terms;
    const event: TokenIssuedEvent = Object.assign(factsOf(context, route), { room, identity, ttl, grants });
    this.events.emit(TOKEN_ISSUED, event);
    return { token, terms };
  }

  /** Accounts for a token request that ended in a failure, wherever that was. */
  refused(route: string, { status, code }: Problem): void {
    this.events.emit(TOKEN_REFUSED, { ...factsOf(currentContext(), route), status, code } satisfies TokenRefusedEvent);
  }
}

function noteRequest({ audit }: RequestContext, { room, requested }: AdmissionRequest): void {
  audit.room = room;
  if (requested.identity !== undefined) audit.identity = requested.identity;
}

function factsOf(context: RequestContext | undefined, route: string) {
  return { route, requestId: context?.requestId ?? '', address: context?.address ?? '', ...context?.audit };
}
