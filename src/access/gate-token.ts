import type { IncomingMessage } from 'node:http';

import { ProblemException } from '../errors/problem.exception.js';
import type { Reason } from '../errors/reason.catalogue.js';

import type { GateTarget } from './gate-target.js';

/** As LiveKit reads it: in this case, with one space. */
const SCHEME = 'Bearer ';

/** Methods whose body LiveKit does not read for a token. */
const WITHOUT_FORM = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * The token that LiveKit would take from the request: that of the Authorization header, else the parameter `access_token`. Undefined for a
 * CORS preflight, which has none. Throws JOIN_TOKEN_MISSING or JOIN_TOKEN_INVALID (401), or JOIN_TOKEN_AMBIGUOUS (403) if LiveKit might
 * take another one.
 */
export function gateToken(request: IncomingMessage, { query, methods }: GateTarget): string | undefined {
  const [inHeader, ...others] = headersOf(request);
  const inQuery = query.getAll('access_token');
  if (others.length > 0 || inQuery.length > 1) throw ambiguous();
  if (inHeader === undefined && methods.some((method) => !WITHOUT_FORM.has(method))) {
    throw ambiguous('GATE_TOKEN_IN_BODY');
  }
  if (inHeader !== undefined && !inHeader.startsWith(SCHEME)) {
    throw new ProblemException('JOIN_TOKEN_INVALID', undefined, { reason: 'GATE_SCHEME' });
  }
  const token = inHeader?.slice(SCHEME.length);
  const [parameter] = inQuery;
  if (token !== undefined && parameter !== undefined && token !== parameter) {
    throw ambiguous('GATE_TOKENS_DIFFER');
  }
  const found = token ?? parameter;
  if (found !== undefined && found !== '') return found;
  if (methods.length > 0 && methods.every((method) => method === 'OPTIONS')) return undefined;
  throw new ProblemException('JOIN_TOKEN_MISSING');
}

/** All Authorization headers: `headers` has the first one only. An empty one is none, as for LiveKit. */
function headersOf({ headers, headersDistinct }: IncomingMessage): readonly string[] {
  return headers.authorization ? (headersDistinct['authorization'] ?? []) : [];
}

const ambiguous = (reason?: Reason): ProblemException =>
  new ProblemException('JOIN_TOKEN_AMBIGUOUS', undefined, { reason });
