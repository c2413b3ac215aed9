/** Describes how a route may fail: by status, with an example for each code, in the form in which the route writes it. */
import { STATUS_CODES } from 'node:http';

import type { ContentObject, HeadersObject } from '@nestjs/swagger';

import { Documented } from './documented.decorator.js';
import { ERROR_STATUS, type ErrorCode } from '../errors/error-codes.js';
import { ERROR_EXAMPLES } from '../errors/error-examples.js';
import type { Problem } from '../errors/problem.js';

/** What may be wrong with any JSON body, before it is looked at as the one of a certain route. */
export const BODY_ERRORS = [
  'MALFORMED_JSON',
  'BAD_REQUEST',
  'BODY_TOO_DEEP',
  'BODY_TOO_COMPLEX',
  'BODY_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
] as const satisfies readonly ErrorCode[];

/** What may be wrong with a caller where callers are authenticated. */
export const CALLER_ERRORS = [
  'AUTHENTICATION_REQUIRED',
  'INVALID_REQUEST',
  'INVALID_TOKEN',
  'IDENTITY_CLAIM_MISSING',
  'AUTHENTICATION_UNAVAILABLE',
] as const satisfies readonly ErrorCode[];

/** The form of a route's failures: the content by media type, whose examples are named after the code. */
export type ProblemForm = (problems: readonly Problem[]) => ContentObject;

const HEADERS: Partial<Record<number, HeadersObject>> = {
  401: { 'WWW-Authenticate': { description: 'As RFC 6750 says.', schema: { type: 'string' } } },
  429: {
    'Retry-After': { description: 'Seconds.', schema: { type: 'integer' } },
    'RateLimit-Policy': { description: 'Requests (`q`) in seconds (`w`), for each limit.', schema: { type: 'string' } },
    RateLimit: {
      description: 'Requests left (`r`) for so many seconds (`t`), for each limit.',
      schema: { type: 'string' },
    },
  },
};

export function ApiProblems(codes: readonly ErrorCode[], form: ProblemForm = problemForm): MethodDecorator {
  const statuses = new Set(codes.map((code) => ERROR_STATUS[code]));
  return Documented(({ ApiResponse }) =>
    [...statuses].map((status) => {
      const problems = codes.filter((code) => ERROR_STATUS[code] === status).map(exampleOf);
      return ApiResponse({
        status,
        description: problems.map(({ code }) => `\`${code}\``).join(', '),
        ...(HEADERS[status] && { headers: HEADERS[status] }),
        content: form(problems),
      });
    }),
  );
}

const problemForm: ProblemForm = (problems) => ({
  'application/problem+json': {
    schema: { $ref: '#/components/schemas/Problem' },
    examples: Object.fromEntries(problems.map((problem) => [problem.code, { value: problem }])),
  },
});

function exampleOf(code: ErrorCode): Problem {
  const status = ERROR_STATUS[code];
  const requestId = 'b0a0c5f4-7f0e-4d5c-9d0a-3f3d1a1c2b4e';
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? '',
    status,
    detail: ERROR_EXAMPLES[code],
    code,
    requestId,
  };
}
