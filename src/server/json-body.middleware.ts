import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';

import { json, type RequestHandler } from 'express';

/** The largest JSON body in bytes, as in the reference. */
const BODY_LIMIT = 100 * 1024;

/**
 * Pieces in which a body may arrive. The parser keeps each as a buffer of its own, which takes several hundred bytes however short
 * it is. TCP segments of the smallest common size (536 bytes) need 200.
 */
const MAX_PIECES = 1_000;

/** Reads JSON bodies in UTF-8. A body in more than MAX_PIECES pieces is abuse: its connection is closed. */
export function jsonBody(): RequestHandler {
  const parse = json({ limit: BODY_LIMIT, verify: requireUtf8 });
  return (request, response, next) => {
    if (request.is('application/json')) request.on('data', countPiece);
    parse(request, response, next);
  };
}

/** One function for all requests: a closure for each would keep its request alive. */
function countPiece(this: IncomingMessage & { bodyPieces?: number }): void {
  this.bodyPieces = (this.bodyPieces ?? 0) + 1;
  if (this.bodyPieces > MAX_PIECES) this.socket.destroy();
}

/** The parser would replace invalid bytes, and accepts every charset that begins with `utf-`. */
function requireUtf8(_request: IncomingMessage, _response: unknown, body: Buffer, charset: string): void {
  if (charset !== 'utf-8') throw Object.assign(new Error('The charset is not UTF-8.'), { status: 415 });
  if (!isUtf8(body))
    throw Object.assign(new Error('The body is not UTF-8.'), { status: 400, type: 'entity.parse.failed' });
}
