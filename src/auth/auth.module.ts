import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';

import { Authenticator } from './authenticator.service.js';
import { IssuerHealth } from './issuer.health.js';
import { OidcProviders } from './oidc-providers.service.js';
import { OidcTokenVerifier } from './oidc-token.verifier.js';

@Module({
  imports: [DiscoveryModule],
  providers: [Authenticator, OidcProviders, OidcTokenVerifier, IssuerHealth],
  exports: [Authenticator, OidcProviders],
})
export class AuthModule {}
