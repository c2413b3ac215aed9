import type { Request } from 'express';

import { bearerToken } from './bearer.js';
import type { VerifiedCaller } from './caller.js';

/**
 * Verifies the credential of a request. Verifiers marked `@CallerVerifier()` are called in order, the one for access tokens of
 * OpenID Connect last.
 *
 * @example
 * @Injectable()
 * @CallerVerifier()
 * export class KeyVerifier extends TokenVerifier {
 *   override credentialOf(request: Request): string | undefined {
 *     return request.get('x-api-key');
 *   }
 *
 *   override async verify(key: string): Promise<VerifiedCaller | undefined> {
 *     const client = this.clients.get(key);
 *     return client && { kind: 'verified', issuer: 'keys', subject: client, identity: `key:${client}`, claims: { client } };
 *   }
 * }
 */
export abstract class TokenVerifier {
  /**
   * Returns the caller, or undefined if the credential is not one of this verifier: the next one is called then. Runs for every
   * request. To refuse, throws one of Nest's HTTP exceptions with an `errorCode`, such as INVALID_TOKEN. Any other error refuses
   * with 503 AUTHENTICATION_UNAVAILABLE.
   */
  abstract verify(credential: string, request: Request): Promise<VerifiedCaller | undefined>;

  /**
   * The credential that `verify` is called with, or undefined if the request has none. By default the bearer token of the header
   * `Authorization`. Throws INVALID_REQUEST if it is malformed.
   */
  credentialOf(request: Request): string | undefined {
    return bearerToken(request.headers.authorization);
  }
}
