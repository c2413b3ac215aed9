/** Whether access tokens can be verified: whether the issuer's keys are there, and could be fetched when last asked for. */
import { Inject, Injectable } from '@nestjs/common';

import { Dependency, type HealthCheck } from '../health/dependency.decorator.js';

import { OidcTokenVerifier } from './oidc-token.verifier.js';
import { TokenVerifier } from './token.verifier.js';

@Injectable()
@Dependency('issuer')
export class IssuerHealth implements HealthCheck {
  private readonly verifier: OidcTokenVerifier | undefined;

  /** A verifier that a team brings depends on what the team knows. */
  constructor(@Inject(TokenVerifier) verifier: TokenVerifier | null) {
    this.verifier = verifier instanceof OidcTokenVerifier ? verifier : undefined;
  }

  get configured(): boolean {
    return this.verifier !== undefined;
  }

  async check(): Promise<void> {
    await this.verifier?.reachIssuer();
  }
}
