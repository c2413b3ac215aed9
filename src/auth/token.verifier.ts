/** The port to whoever vouches for callers: our OIDC verifier, or one that a team brings. */
import type { VerifiedCaller } from './caller.js';

export abstract class TokenVerifier {
  /**
   * Says who bears this access token; asked for every request, since it alone knows what may be remembered. Throws a ProblemException with
   * INVALID_TOKEN when it is not good; whatever else is thrown refuses with 503 AUTHENTICATION_UNAVAILABLE, since nothing is known
   * of the caller then.
   */
  abstract verify(accessToken: string): Promise<VerifiedCaller>;
}
