/** The Authorization header and the WWW-Authenticate challenge of RFC 6750. */
import type { HttpException } from '@nestjs/common';

import { ProblemException } from '../errors/problem.exception.js';

/** RFC 6750, section 2.1: `b64token`. The scheme's case does not count (RFC 9110, section 11.1). */
const BEARER = /^Bearer +([A-Za-z0-9\-._~+/]+=*)$/i;

/** Returns undefined if the request has no bearer token. Throws the problem INVALID_REQUEST if it is malformed. */
export function bearerToken(authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined;
  const token = BEARER.exec(authorization)?.[1];
  if (token === undefined && /^Bearer(\s|$)/i.test(authorization)) throw new ProblemException('INVALID_REQUEST');
  return token;
}

/**
 * The value of WWW-Authenticate for a refused request. Without an error code if the request had no token (RFC 6750, section 3.1).
 * Undefined for errors that another token would not solve.
 */
export function challenge(refusal: HttpException): string | undefined {
  const realm = 'Bearer realm="livekit-token-service"';
  if (refusal.errorCode === 'AUTHENTICATION_REQUIRED') return realm;
  const error = refusal.getStatus() === 401 ? 'invalid_token' : undefined;
  const named = refusal.errorCode === 'INVALID_REQUEST' ? 'invalid_request' : error;
  return named && `${realm}, error="${named}", error_description="${refusal.message.replace(/["\\]/g, "'")}"`;
}
