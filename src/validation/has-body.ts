import type { IncomingMessage } from 'node:http';

/** RFC 9112, section 6.3: a request has a body if it has one of these two headers. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
