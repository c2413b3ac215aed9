import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';

import { json, type Request, type RequestHandler } from 'express';

import { limitPieces } from './body-pieces.js';

/** The largest JSON body in bytes, as in the reference. */
const BODY_LIMIT = 100 * 1024;

/** Reads JSON bodies in UTF-8. */
export const jsonBody = (): RequestHandler => json({ limit: BODY_LIMIT, type: expectsJson, verify: requireUtf8 });

/** The parser reads the body after this, if the type is JSON. */
function expectsJson(request: IncomingMessage): boolean {
  const isJson = Boolean((request as Request).is('application/json'));
  if (isJson) limitPieces(request);
  return isJson;
}

/** The parser would replace invalid bytes, and accepts every charset that begins with `utf-`. */
function requireUtf8(_request: IncomingMessage, _response: unknown, body: Buffer, charset: string): void {
  if (charset !== 'utf-8') throw Object.assign(new Error('The charset is not UTF-8.'), { status: 415 });
  if (!isUtf8(body))
    throw Object.assign(new Error('The body is not UTF-8.'), { status: 400, type: 'entity.parse.failed' });
}
