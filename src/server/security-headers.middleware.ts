/** Tells browsers that answers are data; a route that answers a page says itself what that page may do. */
import type { NextFunction, Request, Response } from 'express';

/**
 * What OWASP's REST Security Cheat Sheet names, and what keeps answers out of other sites' pages. In small letters, as HTTP/2
 * has them: of a name with capitals Node makes that anew for each answer.
 */
const HEADERS = [
  ['content-security-policy', "default-src 'none';frame-ancestors 'none'"],
  ['cross-origin-resource-policy', 'same-origin'],
  ['referrer-policy', 'no-referrer'],
  ['strict-transport-security', 'max-age=31536000; includeSubDomains'],
  ['x-content-type-options', 'nosniff'],
  ['x-frame-options', 'DENY'],
] as const;

export function securityHeadersMiddleware(_request: Request, response: Response, next: NextFunction): void {
  for (const [name, value] of HEADERS) response.setHeader(name, value);
  next();
}
