import { type ConfigurableModuleAsyncOptions, type DynamicModule, Module } from '@nestjs/common';

import { AdmissionDecisions } from '../access/admission-decisions.service.js';
import { EVENT_EMITTER } from '../events/events.module.js';
import { JoinDecisions } from '../policy/join-decisions.js';
import { PolicyChain } from '../policy/policy-chain.service.js';
import { PolicyModule } from '../policy/policy.module.js';
import { POLICY_OPTIONS } from '../policy/policy.options.js';

import { AdmissionService } from './admission.service.js';
import { hostRoutesFor } from './host-routes.js';
import { policyOptions } from './policy-options.js';
import { ConfigurableModuleClass, TOKEN_OPTIONS } from './token.module-definition.js';
import type { TokenOptions, TokenModuleRoutes } from './token.options.js';

/**
 * Tokens for another application: routes, `AdmissionService`, and `@TokenPolicy()`, `@OnTokenIssued()` and `@OnTokenRefused()` for its
 * providers. Needs `LiveKitModule.forRoot()`. `register()` or `registerAsync()` is called once; path, caller, version and decorators stand
 * beside `useFactory`. Admissions are not recorded: access ends with the token, or by the application's own calls of LiveKit.
 *
 * The start fails with an `Error` if a path has no caller, or if an option is invalid.
 *
 * @example
 * TokenModule.register({ path: 'calls/token', caller: CurrentUserResolver })
 * @example
 * TokenModule.register({ path: 'calls/token', caller: ({ user }) => user && { identity: user.id, claims: { roles: user.roles } } })
 */
@Module({})
export class TokenModule {
  static register(options: TokenOptions & TokenModuleRoutes): DynamicModule {
    return withProviders(ConfigurableModuleClass.register(options), options);
  }

  static registerAsync(options: ConfigurableModuleAsyncOptions<TokenOptions> & TokenModuleRoutes): DynamicModule {
    return withProviders(ConfigurableModuleClass.registerAsync(options), options);
  }
}

function withProviders(definition: DynamicModule, routes: TokenModuleRoutes): DynamicModule {
  return {
    ...definition,
    module: TokenModule,
    global: true,
    imports: [...(definition.imports ?? []), PolicyModule, EVENT_EMITTER, ...hostRoutesFor(routes)],
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
