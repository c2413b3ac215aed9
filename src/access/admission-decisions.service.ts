import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';

import type { Environment } from '../config/environment.js';
import { ProblemException } from '../errors/problem.exception.js';
import type { AdmissionRequest } from '../policy/join-request.js';
import type { JoinTerms } from '../policy/join-terms.js';
import { JoinDecisions, withinAccess } from '../policy/join-decisions.js';
import { type Decision, PolicyChain } from '../policy/policy-chain.service.js';
import { JoinRulesPolicy } from '../rules/join-rules.policy.js';
import { type RevocationSubject, sessionOf } from '../revocations/revocation.js';
import { RevocationLog } from '../revocations/revocation.log.js';

import type { Admission } from './admission.js';
import { AdmissionStore } from './admission.store.js';

/** What was in force when a decision began. */
type Known = Pick<Admission, 'revision' | 'rulesVersion'>;

/** A revocation may come while a request is decided. It is decided once more then. */
const ATTEMPTS = 2;

/** Decides requests for tokens, and records the admission of each that is granted before its token exists. */
@Injectable()
export class AdmissionDecisions extends JoinDecisions {
  private readonly records: boolean;

  constructor(
    config: ConfigService<Environment, true>,
    policies: PolicyChain,
    private readonly rules: JoinRulesPolicy,
    private readonly revocations: RevocationLog,
    private readonly store: AdmissionStore,
  ) {
    super(policies);
    this.records = config.get('ACCESS_ENFORCEMENT', { infer: true });
  }

  /** Bans refuse before the policies do. */
  override decide(request: AdmissionRequest): Promise<Decision> {
    return this.records ? this.recorded(request) : super.decide(request);
  }

  private async recorded(request: AdmissionRequest): Promise<Decision> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const known: Known = { revision: this.revocations.revision, rulesVersion: this.rules.version };
      if (known.revision > 0 && this.revocations.banOn(subjectOf(request)) !== undefined)
        return refused('ACCESS_REVOKED');
      const decision = withinAccess(await this.policies.decide(request));
      if ('refusal' in decision) return decision;
      if (await this.store.record(admissionOf(request, decision, known))) return decision;
      await this.revocations.refresh();
      const { caller } = request;
      if (caller.kind === 'verified' && this.revocations.revokesCaller(caller)) return refused('INVALID_TOKEN');
      const { room, identity } = decision.terms;
      if (this.revocations.banOn({ room, identity }) !== undefined) return refused('ACCESS_REVOKED');
    }
    return refused('POLICY_FAILED');
  }
}

function refused(code: 'ACCESS_REVOKED' | 'INVALID_TOKEN' | 'POLICY_FAILED'): Decision {
  return { refusal: new ProblemException(code), policy: undefined };
}

function subjectOf({ caller, room, requested }: AdmissionRequest): RevocationSubject {
  if (caller.kind === 'anonymous') return { room, identity: requested.identity };
  const { identity, issuer, subject } = caller;
  return { room, identity, issuer, subject, session: sessionOf(caller) };
}

function admissionOf(
  { caller, requested }: AdmissionRequest,
  { terms, policy }: { readonly terms: JoinTerms; readonly policy: string | undefined },
  known: Known,
): Admission {
  const { room, identity, name, grants, rule, ruleName, ttl, endsAt } = terms;
  const issuedAt = Date.now();
  const expiresAt = issuedAt + ttl * 1000;
  return {
    room,
    identity,
    name,
    caller,
    requested,
    grants,
    rule,
    ruleName,
    policy,
    issuedAt,
    expiresAt,
    endsAt,
    ...known,
    ended: undefined,
  };
}
