/** Gives every request its id and its context, before anything can fail or be logged. */
import { randomUUID } from 'node:crypto';

import type { NextFunction, Request, Response } from 'express';

import { runInContext } from './request-context.js';

/** A foreign id goes into log lines and headers: short, and of characters that need no escaping in either. */
const CLEAN_ID = /^[A-Za-z0-9._~-]{1,128}$/;

export function requestContextMiddleware(request: Request, response: Response, next: NextFunction): void {
  const given = request.get('x-request-id');
  const requestId = given !== undefined && CLEAN_ID.test(given) ? given : randomUUID();
  response.setHeader('X-Request-Id', requestId);
  runInContext({ requestId, address: addressOf(request), audit: {} }, next);
}

/** A socket that listens on IPv6 as well shows IPv4 clients as `::ffff:192.0.2.1`. */
function addressOf({ ip = '' }: Request): string {
  return ip.startsWith('::ffff:') && ip.includes('.') ? ip.slice('::ffff:'.length) : ip;
}
