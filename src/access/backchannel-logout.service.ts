import { Injectable, Logger } from '@nestjs/common';

import type { LogoutToken } from '../auth/logout-token.js';
import { LogoutTokenIds } from '../auth/logout-token.ids.js';
import { LogoutTokenVerifier } from '../auth/logout-token.verifier.js';
import { ProblemException } from '../errors/problem.exception.js';
import type { RevocationScope } from '../revocations/revocation.js';
import { RevocationLog } from '../revocations/revocation.log.js';

import { AccessService } from './access.service.js';

/** Ends access when an identity provider says that a caller has logged out. */
@Injectable()
export class BackchannelLogoutService {
  private readonly logger = new Logger('BackchannelLogout');

  constructor(
    private readonly verifier: LogoutTokenVerifier,
    private readonly ids: LogoutTokenIds,
    private readonly access: AccessService,
    private readonly revocations: RevocationLog,
  ) {}

  /** Throws LOGOUT_TOKEN_INVALID, LOGOUT_TOKEN_REPLAYED, or AUTHENTICATION_UNAVAILABLE if the provider's keys cannot be fetched. */
  async logOut(logoutToken: string): Promise<void> {
    const token = await this.verifier.verify(logoutToken);
    if (!(await this.ids.claim(token))) throw new ProblemException('LOGOUT_TOKEN_REPLAYED');
    try {
      for (const scope of scopesOf(token)) await this.end(scope, token.issuedAt);
    } catch (error) {
      // The provider may send the token again.
      await this.ids.release(token);
      throw error;
    }
    this.logger.log('accepted', { issuer: token.issuer, of: token.session === undefined ? 'caller' : 'session' });
  }

  /** With ACCESS_ENFORCEMENT off, access tokens are refused all the same. */
  private async end(scope: RevocationScope, tokensIssuedUntil: number): Promise<void> {
    if (this.access.enabled) await this.access.end(scope, { cause: 'logout', tokensIssuedUntil });
    else await this.revocations.add({ scope, cause: 'logout', tokensIssuedUntil });
  }
}

/**
 * The session alone if the token names one. Access tokens without `sid` cannot be told from those of the session: they end too, if the
 * token also names the caller.
 */
function scopesOf({ issuer, subject, session }: LogoutToken): RevocationScope[] {
  if (session === undefined) return subject === undefined ? [] : [{ issuer, subject }];
  const ofSession = { issuer, session };
  return subject === undefined ? [ofSession] : [ofSession, { issuer, subject, session: null }];
}
