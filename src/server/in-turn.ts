/** Makes one middleware of several: Express looks at the address anew before each of those it is given. */
import type { RequestHandler } from 'express';

/** For middleware that is for every address, and does not promise anything: nobody would hear of a promise that is broken. */
export function inTurn(...middleware: readonly RequestHandler[]): RequestHandler {
  return middleware.reduceRight((later, handler): RequestHandler => {
    return (request, response, next) =>
      // As Express has it: `next(null)` goes on.
      handler(request, response, (error?: unknown) => (error ? next(error) : later(request, response, next)));
  });
}
