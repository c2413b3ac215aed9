/** Makes one middleware of several: Express looks at the address anew before each of those it is given. */
import type { RequestHandler } from 'express';

/** For middleware that is for every address, and that throws or answers where it does not go on. */
export function inTurn(...middleware: readonly RequestHandler[]): RequestHandler {
  return middleware.reduceRight((later, handler): RequestHandler => {
    return (request, response, next) =>
      handler(request, response, (error?: unknown) =>
        error === undefined ? later(request, response, next) : next(error),
      );
  });
}
