import { type DynamicModule, Module, type ModuleMetadata, type Type } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';

import { Authenticator, ONLY_VERIFIER } from './authenticator.service.js';
import { IssuerHealth } from './issuer.health.js';
import { OidcProviders } from './oidc-providers.service.js';
import { OidcTokenVerifier } from './oidc-token.verifier.js';
import type { TokenVerifier } from './token.verifier.js';

/** @deprecated Mark the verifier `@CallerVerifier()` and provide it in a module. Removed in the next release. */
export interface Authentication {
  readonly verifier: Type<TokenVerifier>;
  /** Modules that provide what the verifier injects. */
  readonly imports?: ModuleMetadata['imports'];
}

@Module({})
export class AuthModule {
  static register(authentication?: Authentication): DynamicModule {
    return {
      module: AuthModule,
      imports: [DiscoveryModule, ...(authentication?.imports ?? [])],
      providers: [
        Authenticator,
        OidcProviders,
        OidcTokenVerifier,
        IssuerHealth,
        ...(authentication ? [{ provide: ONLY_VERIFIER, useClass: authentication.verifier }] : []),
      ],
      exports: [Authenticator, OidcProviders],
    };
  }
}
