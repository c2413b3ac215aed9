/** Gives every request its id and its context, before anything can fail or be logged. */
import { randomUUID } from 'node:crypto';

import type { RequestHandler } from 'express';

import { runInContext } from '../logging/request-context.js';

/** A foreign id goes into log lines and headers: short, and of characters that need no escaping in either. */
const CLEAN_ID = /^[A-Za-z0-9._~-]{1,128}$/;

export function requestContext({ behindProxy }: { readonly behindProxy: boolean }): RequestHandler {
  return (request, response, next) => {
    const given = request.headers['x-request-id'];
    const requestId = typeof given === 'string' && CLEAN_ID.test(given) ? given : randomUUID();
    response.setHeader('x-request-id', requestId);
    // Express asks its settings and parses X-Forwarded-For for each `ip`, even where no proxy is trusted.
    const address = (behindProxy ? request.ip : request.socket.remoteAddress) ?? '';
    runInContext({ requestId, address: withoutPrefix(address) }, next);
  };
}

/** A socket that listens on IPv6 as well shows IPv4 clients as `::ffff:192.0.2.1`. */
function withoutPrefix(ip: string): string {
  return ip.startsWith('::ffff:') && ip.includes('.') ? ip.slice('::ffff:'.length) : ip;
}
