/** One description of any failure, as RFC 9457 names its parts, made from whatever was thrown. */
import { STATUS_CODES } from 'node:http';

import { HttpException } from '@nestjs/common';

import { codeOfStatus } from './error-codes.js';

/** RFC 9457, with `code` and `requestId` as its extension members. */
export interface Problem {
  /** `about:blank`: the status says what kind of problem it is, and `code` which one. */
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** Stable, UPPER_SNAKE. */
  readonly code: string;
  readonly requestId: string;
}

/** Describes `error` for the client: what it says itself when it was meant for a client, and nothing of it otherwise. */
export function problemOf(error: unknown, requestId: string): Problem {
  const { status, code, detail } = meantForClients(error) ?? UNEXPECTED;
  const title = STATUS_CODES[status] ?? 'Error';
  return { type: 'about:blank', title, status, detail: detail ?? title, code: code ?? codeOfStatus(status), requestId };
}

interface Failure {
  readonly status: number;
  readonly code?: string | undefined;
  readonly detail?: string | undefined;
}

const UNEXPECTED: Failure = { status: 500, detail: 'The server could not answer this request.' };

function meantForClients(error: unknown): Failure | undefined {
  if (error instanceof HttpException) {
    return { status: error.getStatus(), code: error.errorCode, detail: error.message };
  }
  return ofExpress(error);
}

/**
 * Express and its body parsers throw plain errors with a status, and parsers a type too. Their messages quote the request,
 * so ours stand in for them; a status of 5xx, or none, is nothing a client has caused.
 */
function ofExpress(error: unknown): Failure | undefined {
  if (!(error instanceof Error)) return undefined;
  const { status, type } = error as { status?: unknown; type?: unknown };
  if (type === 'entity.parse.failed')
    return { status: 400, code: 'MALFORMED_JSON', detail: 'The body is not valid JSON.' };
  if (status === 413) return { status, detail: 'The body is too large.' };
  if (status === 415) return { status, detail: 'The charset or content encoding of the body is not supported.' };
  return typeof status === 'number' && status >= 400 && status < 500
    ? { status: 400, detail: 'The request could not be read.' }
    : undefined;
}
