/** CORS by the library; where every site may read an answer, which is always the same two headers, at once. */
import cors, { type CorsOptions } from 'cors';
import type { RequestHandler } from 'express';

/** What a script of another site may read beside the answer itself. */
const EXPOSED = 'X-Request-Id,Retry-After,RateLimit,RateLimit-Policy,WWW-Authenticate';

/** `origins` is CORS_ORIGINS: `*`, or the origins that may read. */
export function crossOrigin(origins: '*' | readonly string[]): RequestHandler {
  const options: CorsOptions = { origin: origins === '*' ? '*' : [...origins], exposedHeaders: EXPOSED };
  const library = cors(options);
  if (origins !== '*') return library;
  return (request, response, next) => {
    if (request.method === 'OPTIONS') return library(request, response, next);
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('access-control-expose-headers', EXPOSED);
    next();
  };
}
