import cors from 'cors';
import type { RequestHandler } from 'express';

/** Response headers that scripts of other origins may read. */
const EXPOSED_HEADERS = 'X-Request-Id,Retry-After,RateLimit,RateLimit-Policy,WWW-Authenticate';

/** `origins` is CORS_ORIGINS: `*`, or a list. */
export const crossOrigin = (origins: '*' | readonly string[]): RequestHandler =>
  cors({ origin: origins === '*' ? '*' : [...origins], exposedHeaders: EXPOSED_HEADERS });
