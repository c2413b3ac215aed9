/** Lets `//token` answer as `/token`: clients that append "/token" to an address ending in a slash send it. */
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
