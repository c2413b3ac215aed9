/** Converts anything that was thrown into a problem as RFC 9457 describes it. */
import { STATUS_CODES } from 'node:http';

import { HttpException } from '@nestjs/common';

import type { ErrorCode } from './error.catalogue.js';
import { ProblemException } from './problem.exception.js';
import { extensionsOf } from './problem.extensions.js';

export interface ProblemMembers {
  /** `about:blank`: the status is the type of the problem (RFC 9457, section 4.2.1). */
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** Stable, UPPER_SNAKE. A code of the catalogue or of a team. */
  readonly code: string;
  readonly requestId: string;
}

/** RFC 9457. Besides `code` and `requestId`, the members of the object given to an HttpException are extension members. */
export interface Problem extends ProblemMembers {
  /** Of problems of validation: everything that is not valid. */
  readonly errors?: readonly InvalidMember[];
  readonly [extension: string]: unknown;
}

/** One error of validation. */
export interface InvalidMember {
  /** JSON Pointer (RFC 6901) into the body, query or parameters. */
  readonly pointer: string;
  /** Stable, UPPER_SNAKE: a code of the catalogue, or the name of class-validator's rule, such as `IS_STRING`. */
  readonly code: string;
  readonly detail: string;
}

/** Only the texts of HTTP exceptions reach the client. Any other error is an INTERNAL_ERROR. */
export function problemOf(error: unknown, requestId: string): Problem {
  const exception =
    error instanceof HttpException ? error : (ofExpress(error) ?? new ProblemException('INTERNAL_ERROR'));
  const status = exception.getStatus();
  const title = STATUS_CODES[status] ?? 'Error';
  const response: unknown = exception.getResponse();
  return {
    type: 'about:blank',
    title,
    status,
    detail: detailOf(response, title),
    code: exception.errorCode ?? codeOfStatus(status),
    requestId,
    ...extensionsOf(response),
  };
}

/** Nest's exceptions have their text as response, or as its `message`, which may be a list. */
function detailOf(response: unknown, title: string): string {
  if (typeof response === 'string') return response;
  const { message, detail } = response as { readonly message?: unknown; readonly detail?: unknown };
  if (Array.isArray(message)) return message.join('; ');
  return [message, detail].find((text) => typeof text === 'string') ?? title;
}

/**
 * Express and its body parsers throw plain errors with a status; parsers add a type. Their messages quote the request, so they are
 * replaced. A status of 5xx, or none, is not an error of the client.
 */
function ofExpress(error: unknown): ProblemException | undefined {
  if (!(error instanceof Error)) return undefined;
  const { status, type } = error as { status?: unknown; type?: unknown };
  if (typeof status !== 'number' || status < 400 || status >= 500) return undefined;
  if (type === 'entity.parse.failed') return new ProblemException('MALFORMED_JSON');
  if (status === 413) return new ProblemException('BODY_TOO_LARGE');
  if (status === 415) return new ProblemException('UNSUPPORTED_MEDIA_TYPE', {}, { reason: 'CHARSET_UNSUPPORTED' });
  return new ProblemException('BAD_REQUEST');
}

/** For exceptions of a team without an `errorCode`. */
function codeOfStatus(status: number): ErrorCode {
  switch (status) {
    case 401:
      return 'UNAUTHORIZED';
    case 403:
      return 'FORBIDDEN';
    case 404:
      return 'NOT_FOUND';
    case 413:
      return 'BODY_TOO_LARGE';
    case 415:
      return 'UNSUPPORTED_MEDIA_TYPE';
    case 429:
      return 'RATE_LIMITED';
    case 503:
      return 'SERVICE_UNAVAILABLE';
    default:
      return status >= 500 ? 'INTERNAL_ERROR' : 'BAD_REQUEST';
  }
}
