import { HttpException, Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';

import { ProblemException } from '../errors/problem.exception.js';
import { inSpan, type SpanSettings } from '../telemetry/tracing.js';

import { InvalidTermsError } from './invalid-terms.error.js';
import type { AdmissionRequest, JoinRequest } from './join-request.js';
import type { JoinTerms } from './join-terms.js';
import { POLICY_OPTIONS, type PolicyOptions } from './policy.options.js';
import { invalidChange } from './terms.checks.js';
import { TokenPolicy, type TokenPolicyOptions, type TokenPolicyProvider } from './token-policy.decorator.js';

/** The outcome of the chain. `policy` is the class of the policy that decided: the last that changed the terms, or the one that refused. */
export type Decision =
  | { readonly terms: JoinTerms; readonly policy: string | undefined }
  /** An HttpException of the policy, or POLICY_FAILED (503) with the policy's error as its cause. */
  | { readonly refusal: HttpException; readonly policy: string | undefined };

interface RegisteredPolicy {
  readonly name: string;
  readonly order: number;
  readonly policy: TokenPolicyProvider;
  /** Of the policy's span. */
  readonly settings: SpanSettings;
}

@Injectable()
export class PolicyChain implements OnModuleInit {
  private readonly logger = new Logger('PolicyChain');
  private readonly ttl: number;
  private policies: readonly RegisteredPolicy[] = [];

  constructor(
    @Inject(POLICY_OPTIONS) { tokenTtl }: PolicyOptions,
    private readonly discovery: DiscoveryService,
  ) {
    this.ttl = tokenTtl;
  }

  /** Finds the policies. Stops the start when one is registered twice or cannot be called. */
  onModuleInit(): void {
    const found = this.discovery.getProviders({ metadataKey: TokenPolicy.KEY }).map((wrapper): RegisteredPolicy => {
      const options: TokenPolicyOptions = this.discovery.getMetadataByDecorator(TokenPolicy, wrapper) ?? {};
      const { name, instance } = wrapper;
      if (!isPolicy(instance)) throw new Error(`The token policy ${String(name)} must be a singleton with decide().`);
      const settings = { attributes: { 'livekit.policy': String(name) } };
      return { name: String(name), order: options.order ?? 0, policy: instance, settings };
    });
    for (const { name } of found) {
      const count = found.filter((other) => other.name === name).length;
      if (count > 1)
        throw new Error(`The token policy ${name} is registered ${count} times; provide it in one module.`);
    }
    this.policies = found.sort((one, other) => one.order - other.order);
    this.logger.log('Token policies, in order', { policies: this.policies.map(({ name }) => name) });
  }

  /** Applies all policies in their order. Does not reject. */
  async decide(asked: AdmissionRequest): Promise<Decision> {
    const request: JoinRequest = { ...asked, wishes: asked.requested };
    const { identity = '', name, metadata, attributes, agents } = request.requested;
    let terms: JoinTerms = {
      room: request.room,
      identity,
      name,
      metadata,
      attributes,
      agents,
      grants: {},
      ttl: this.ttl,
    };
    let decidedBy: string | undefined;
    for (const { name: policyName, policy, settings } of this.policies) {
      try {
        const decision = inSpan(`policy ${policyName}`, settings, () => policy.decide(request, terms));
        // Most policies are synchronous; each await delays a token by a microtask.
        const changed = 'then' in decision ? await decision : decision;
        if (changed !== terms) {
          const invalid = invalidChange(terms, changed);
          if (invalid !== undefined) throw new InvalidTermsError(policyName, invalid);
          decidedBy = policyName;
        }
        terms = changed;
      } catch (error) {
        const refusal =
          error instanceof HttpException ? error : new ProblemException('POLICY_FAILED', undefined, { cause: error });
        return { refusal, policy: policyName };
      }
    }
    return { terms, policy: decidedBy };
  }
}

function isPolicy(instance: unknown): instance is TokenPolicyProvider {
  return typeof (instance as Partial<TokenPolicyProvider> | undefined)?.decide === 'function';
}
