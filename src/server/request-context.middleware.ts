/** Gives every request its id and context. Must run before any middleware that fails or logs. */
import { randomUUID } from 'node:crypto';

import type { NextFunction, Request, RequestHandler, Response } from 'express';

import { runInContext } from '../logging/request-context.js';

import type { StartServerSpan } from './http-server.span.js';

/** Ids of clients go into log lines and headers, so they must be short and need no escaping. */
const CLEAN_ID = /^[A-Za-z0-9._~-]{1,128}$/;

interface ContextOptions {
  readonly behindProxy: boolean;
  /** Set if traces are exported. */
  readonly startSpan: StartServerSpan | undefined;
}

export function requestContext({ behindProxy, startSpan }: ContextOptions): RequestHandler {
  return (request, response, next) => {
    const trace = startSpan?.(request, response);
    const requestId = idFrom(request.headers['x-request-id']);
    response.setHeader('x-request-id', requestId);
    // `request.ip` parses X-Forwarded-For even if no proxy is trusted.
    const address = (behindProxy ? request.ip : request.socket.remoteAddress) ?? '';
    runInContext({ requestId, address: withoutPrefix(address) }, next, trace);
  };
}

/**
 * The context for a route of ours in a host application: the id is the one that the application has given the response, if it has, and no
 * header is set.
 */
export function routeContext(request: Request, response: Response, next: NextFunction): void {
  const requestId = idFrom(response.getHeader('x-request-id') ?? request.headers['x-request-id']);
  runInContext({ requestId, address: withoutPrefix(request.ip ?? '') }, next);
}

function idFrom(given: unknown): string {
  return typeof given === 'string' && CLEAN_ID.test(given) ? given : randomUUID();
}

/** A dual-stack socket reports IPv4 clients as `::ffff:192.0.2.1`. */
function withoutPrefix(ip: string): string {
  return ip.startsWith('::ffff:') && ip.includes('.') ? ip.slice('::ffff:'.length) : ip;
}
