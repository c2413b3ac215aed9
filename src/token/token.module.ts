import { type ConfigurableModuleAsyncOptions, type DynamicModule, Module } from '@nestjs/common';

import { AdmissionDecisions } from '../access/admission-decisions.service.js';
import { EVENT_EMITTER } from '../events/events.module.js';
import { JoinDecisions } from '../policy/join-decisions.js';
import { PolicyChain } from '../policy/policy-chain.service.js';
import { PolicyModule } from '../policy/policy.module.js';
import { POLICY_OPTIONS } from '../policy/policy.options.js';

import { AdmissionService } from './admission.service.js';
import { policyOptions } from './policy-options.js';
import { ConfigurableModuleClass, TOKEN_OPTIONS } from './token.module-definition.js';
import type { TokenOptions, TokenModuleRoutes } from './token.options.js';

@Module({})
export class TokenModule {
  static register(options: TokenOptions & TokenModuleRoutes): DynamicModule {
    return withProviders(ConfigurableModuleClass.register(options));
  }

  static registerAsync(options: ConfigurableModuleAsyncOptions<TokenOptions> & TokenModuleRoutes): DynamicModule {
    return withProviders(ConfigurableModuleClass.registerAsync(options));
  }
}

function withProviders(definition: DynamicModule): DynamicModule {
  return {
    ...definition,
    module: TokenModule,
    global: true,
    imports: [...(definition.imports ?? []), PolicyModule, EVENT_EMITTER],
    providers: [
      ...(definition.providers ?? []),
      { provide: POLICY_OPTIONS, inject: [TOKEN_OPTIONS], useFactory: policyOptions },
      {
        provide: JoinDecisions,
        inject: [PolicyChain, { token: AdmissionDecisions, optional: true }],
        useFactory: decisionsBy,
      },
      AdmissionService,
    ],
    exports: [TOKEN_OPTIONS, POLICY_OPTIONS, AdmissionService],
  };
}

/** Those of the service are recorded, so that access ends when its reason ends. A host application has no such records. */
function decisionsBy(policies: PolicyChain, recorded?: AdmissionDecisions): JoinDecisions {
  return recorded ?? new JoinDecisions(policies);
}
