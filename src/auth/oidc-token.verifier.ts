import { Injectable } from '@nestjs/common';

import { ProblemException } from '../errors/problem.exception.js';

import type { VerifiedCaller } from './caller.js';
import { OidcProvider } from './oidc.provider.js';
import { OidcProviders } from './oidc-providers.service.js';
import { TokenVerifier } from './token.verifier.js';
import { unverifiedClaims } from './jwt-claims.js';

/**
 * Verifies a JWT by the provider that its `iss` names, and any other token by introspection. If there is one issuer only, `iss` is
 * compared after the signature was verified: the claims are decoded once.
 */
@Injectable()
export class OidcTokenVerifier extends TokenVerifier {
  constructor(private readonly providers: OidcProviders) {
    super();
  }

  override verify(accessToken: string): Promise<VerifiedCaller> {
    const { only } = this.providers;
    return only === undefined ? this.verifyByIssuer(accessToken) : only.verify(accessToken);
  }

  private async verifyByIssuer(accessToken: string): Promise<VerifiedCaller> {
    const claims = unverifiedClaims(accessToken);
    if (claims === undefined) return this.verifyOpaque(accessToken);
    const provider = this.providers.ofIssuer(claims.iss);
    if (provider === undefined) throw new ProblemException('INVALID_TOKEN');
    return provider.verify(accessToken, claims);
  }

  /** Calls all providers at once: one that does not respond must not delay the callers of the others. */
  private async verifyOpaque(accessToken: string): Promise<VerifiedCaller> {
    const asked = this.providers.all.filter((provider) => provider.introspectsOpaqueTokens);
    try {
      return await Promise.any(asked.map((provider) => activeAt(provider, accessToken)));
    } catch (error) {
      if (!(error instanceof AggregateError)) throw error;
      throw mostTelling(error.errors);
    }
  }
}

class InactiveError extends Error {}

async function activeAt(provider: OidcProvider, accessToken: string): Promise<VerifiedCaller> {
  const caller = await provider.verifyOpaque(accessToken);
  if (caller === undefined) throw new InactiveError();
  return caller;
}

/**
 * A problem comes from a provider at which the token is active. Otherwise, if one provider gave no response, it is unknown whether
 * the token is active there.
 */
function mostTelling(failures: readonly unknown[]): unknown {
  const problem = failures.find((failure) => failure instanceof ProblemException);
  return (
    problem ?? failures.find((failure) => !(failure instanceof InactiveError)) ?? new ProblemException('INVALID_TOKEN')
  );
}
