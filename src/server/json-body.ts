/** Reads bodies of JSON as Express does; those that nearly everybody sends in few steps, the rest by Express's own parser. */
import { AsyncResource } from 'node:async_hooks';
import type { IncomingMessage } from 'node:http';

import { json, type Request, type RequestHandler } from 'express';

/** As browsers, axios, and the HTTP clients of mobile platforms write it. */
const COMMON_TYPES = new Set(['application/json', 'application/json; charset=utf-8', 'application/json;charset=UTF-8']);

const BYTE_ORDER_MARK = '\ufeff';

/** `limit` in bytes; a longer body is refused with 413 before it is read. */
export function jsonBody({ limit }: { readonly limit: number }): RequestHandler {
  const readOther = json({ limit, type: isJson });
  return (request, response, next) => {
    if (!isCommon(request, limit)) return readOther(request, response, next);
    const chunks: Buffer[] = [];
    // What comes in a packet of its own comes on behalf of the connection, not of this request.
    const scope = new AsyncResource('JsonBody');
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    // Not listened to: the end of a client that has gone. There is nothing to judge then, and nobody to tell.
    request.on('end', () => {
      try {
        request.body = parse(textOf(chunks));
      } catch {
        return scope.runInAsyncScope(next, undefined, malformed());
      }
      scope.runInAsyncScope(next);
    });
  };
}

/** Whether it has the commonest type, no encoding, a length within the limit, and has not been read by somebody else. */
function isCommon({ headers, readable }: IncomingMessage, limit: number): boolean {
  const length = Number(headers['content-length']);
  return (
    COMMON_TYPES.has(headers['content-type'] ?? '') &&
    headers['content-encoding'] === undefined &&
    length > 0 &&
    length <= limit &&
    readable
  );
}

function isJson(request: IncomingMessage): boolean {
  return Boolean((request as Request).is('application/json'));
}

function textOf(chunks: readonly Buffer[]): string {
  const [first] = chunks;
  const text = (first && chunks.length === 1 ? first : Buffer.concat(chunks)).toString();
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(BYTE_ORDER_MARK.length) : text;
}

function parse(text: string): object {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) throw new SyntaxError('A body of JSON is an object or an array.');
  return value;
}

/** As Express's parser has it, without the text of the request. */
function malformed(): Error {
  return Object.assign(new SyntaxError('The body is not valid JSON.'), { status: 400, type: 'entity.parse.failed' });
}
