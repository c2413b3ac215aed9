import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';

import { RedisModule } from '../redis/redis.module.js';
import { RevocationsModule } from '../revocations/revocations.module.js';

import { Authenticator } from './authenticator.service.js';
import { IssuerHealth } from './issuer.health.js';
import { LogoutTokenIds } from './logout-token.ids.js';
import { LogoutTokenVerifier } from './logout-token.verifier.js';
import { OidcProviders } from './oidc-providers.service.js';
import { OidcTokenVerifier } from './oidc-token.verifier.js';

@Module({
  imports: [DiscoveryModule, RedisModule, RevocationsModule],
  providers: [Authenticator, OidcProviders, OidcTokenVerifier, LogoutTokenVerifier, LogoutTokenIds, IssuerHealth],
  exports: [Authenticator, LogoutTokenVerifier, LogoutTokenIds, OidcProviders],
})
export class AuthModule {}
