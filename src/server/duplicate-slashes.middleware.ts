/** Routes `//token` to `/token`: clients send it that append "/token" to an address that ends in a slash. */
import type { NextFunction, Request, Response } from 'express';

export function duplicateSlashesMiddleware(request: Request, _response: Response, next: NextFunction): void {
  const { url } = request;
  if (url.includes('//')) {
    const queryAt = url.indexOf('?');
    const path = queryAt < 0 ? url : url.slice(0, queryAt);
    request.url = path.replace(/\/{2,}/g, '/') + (queryAt < 0 ? '' : url.slice(queryAt));
  }
  next();
}
