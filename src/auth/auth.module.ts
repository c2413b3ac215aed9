/** Who is calling. */
import { type DynamicModule, Module, type ModuleMetadata, type Provider, type Type } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';

import type { Environment } from '../config/environment.js';

import { IssuerHealth } from './issuer.health.js';
import { OidcTokenVerifier } from './oidc-token.verifier.js';
import { TokenVerifier } from './token.verifier.js';

/** Another source of identity than AUTH_MODE knows; when given, it verifies every caller, whatever AUTH_MODE says. */
export interface Authentication {
  readonly verifier: Type<TokenVerifier>;
  /** Modules that provide what the verifier injects. */
  readonly imports?: ModuleMetadata['imports'];
}

@Module({})
export class AuthModule {
  static register(authentication?: Authentication): DynamicModule {
    const verifier: Provider = authentication
      ? { provide: TokenVerifier, useClass: authentication.verifier }
      : { provide: TokenVerifier, useFactory: ofEnvironment, inject: [ConfigService] };
    return {
      module: AuthModule,
      imports: authentication?.imports ?? [],
      providers: [verifier, IssuerHealth],
      exports: [TokenVerifier],
    };
  }
}

function ofEnvironment(config: ConfigService<Environment, true>): TokenVerifier | null {
  if (config.get('AUTH_MODE', { infer: true }) === 'none') return null;
  const issuer = config.get('OIDC_ISSUER', { infer: true });
  const audience = config.get('OIDC_AUDIENCE', { infer: true });
  if (issuer === undefined || audience === undefined) throw new Error('OIDC needs an issuer and an audience.');
  return new OidcTokenVerifier({
    issuer,
    audience,
    jwksUri: config.get('OIDC_JWKS_URI', { infer: true }),
    identityClaim: config.get('OIDC_IDENTITY_CLAIM', { infer: true }),
    nameClaim: config.get('OIDC_NAME_CLAIM', { infer: true }),
  });
}
