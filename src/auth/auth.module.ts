import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';

import { RevocationsModule } from '../revocations/revocations.module.js';

import { Authenticator } from './authenticator.service.js';
import { IssuerHealth } from './issuer.health.js';
import { OidcProviders } from './oidc-providers.service.js';
import { OidcTokenVerifier } from './oidc-token.verifier.js';

@Module({
  imports: [DiscoveryModule, RevocationsModule],
  providers: [Authenticator, OidcProviders, OidcTokenVerifier, IssuerHealth],
  exports: [Authenticator, OidcProviders],
})
export class AuthModule {}
