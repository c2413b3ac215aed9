/** Tells bodies of JSON by their Content-Type as Express does, without taking the commonest apart for each request. */
import type { IncomingMessage } from 'node:http';

import type { Request } from 'express';

/** As browsers, axios, and the HTTP clients of mobile platforms write it. */
const COMMON = new Set(['application/json', 'application/json; charset=utf-8', 'application/json;charset=UTF-8']);

/** The `type` of Express's own parser of JSON. */
export function isJson(request: IncomingMessage): boolean {
  return COMMON.has(request.headers['content-type'] ?? '') || Boolean((request as Request).is('application/json'));
}
