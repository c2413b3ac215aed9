import type { RequestHandler } from 'express';

/** Runs the middleware for all paths but this one and those below it. Matches as Express routes: in any case. */
export function exceptBelow(path: string, middleware: RequestHandler): RequestHandler {
  const below = new RegExp(`^/${path}([/?]|$)`, 'i');
  return (request, response, next) => {
    if (below.test(request.url)) next();
    else middleware(request, response, next);
  };
}
