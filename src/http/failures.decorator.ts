/** Describes how a route may fail: by status, with an example for each code, in the form in which the route writes it. */
import { STATUS_CODES } from 'node:http';

import type { ContentObject, HeadersObject } from '@nestjs/swagger';

import { Documented } from './documented.decorator.js';
import { FAILURE_STATUS, type FailureCode } from './failure-codes.js';
import { FAILURE_EXAMPLES } from './failure-examples.js';
import type { Problem } from './problem.js';

/** What may be wrong with any JSON body, before it is looked at as the one of a certain route. */
export const BODY_FAILURES = [
  'MALFORMED_JSON',
  'BAD_REQUEST',
  'BODY_TOO_DEEP',
  'BODY_TOO_COMPLEX',
  'BODY_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
] as const satisfies readonly FailureCode[];

/** What may be wrong with a caller where callers are authenticated. */
export const CALLER_FAILURES = [
  'AUTHENTICATION_REQUIRED',
  'INVALID_REQUEST',
  'INVALID_TOKEN',
  'IDENTITY_CLAIM_MISSING',
  'AUTHENTICATION_UNAVAILABLE',
] as const satisfies readonly FailureCode[];

/** The form of a route's failures: the content by media type, whose examples are named after the code. */
export type FailureForm = (problems: readonly Problem[]) => ContentObject;

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

export function Failures(codes: readonly FailureCode[], form: FailureForm = problemForm): MethodDecorator {
  const statuses = new Set(codes.map((code) => FAILURE_STATUS[code]));
  return Documented(({ ApiResponse }) =>
    [...statuses].map((status) => {
      const problems = codes.filter((code) => FAILURE_STATUS[code] === status).map(exampleOf);
      return ApiResponse({
        status,
        description: problems.map(({ code }) => `\`${code}\``).join(', '),
        ...(HEADERS[status] && { headers: HEADERS[status] }),
        content: form(problems),
      });
    }),
  );
}

const problemForm: FailureForm = (problems) => ({
  'application/problem+json': {
    schema: { $ref: '#/components/schemas/Problem' },
    examples: Object.fromEntries(problems.map((problem) => [problem.code, { value: problem }])),
  },
});

function exampleOf(code: FailureCode): Problem {
  const status = FAILURE_STATUS[code];
  const requestId = 'b0a0c5f4-7f0e-4d5c-9d0a-3f3d1a1c2b4e';
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? '',
    status,
    detail: FAILURE_EXAMPLES[code],
    code,
    requestId,
  };
}
