import { type DynamicModule, Module, type ModuleMetadata, type Type } from '@nestjs/common';

import { ONLY_VERIFIER } from './authenticator.service.js';
import type { TokenVerifier } from './token.verifier.js';

/** @deprecated Mark the verifier `@CallerVerifier()` and provide it in a module. Removed in the next release. */
export interface Authentication {
  readonly verifier: Type<TokenVerifier>;
  /** Modules that provide what the verifier injects. */
  readonly imports?: ModuleMetadata['imports'];
}

/** Provides the verifier of `Extensions.authentication`. */
@Module({})
export class OnlyVerifierModule {
  static of({ verifier, imports = [] }: Authentication): DynamicModule {
    return {
      module: OnlyVerifierModule,
      global: true,
      imports,
      providers: [{ provide: ONLY_VERIFIER, useClass: verifier }],
      exports: [ONLY_VERIFIER],
    };
  }
}
