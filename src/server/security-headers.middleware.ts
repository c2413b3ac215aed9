/** Sets the security headers of responses that are data. A route that returns a page sets its own. */
import type { NextFunction, Request, Response } from 'express';

/**
 * The headers of OWASP's REST Security Cheat Sheet, and `cross-origin-resource-policy`. In lower case: Node converts other names for each
 * response.
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
