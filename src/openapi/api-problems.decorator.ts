/** Documents the errors of a route: by status, with an example for each code, in the route's error format. */
import { STATUS_CODES } from 'node:http';

import type { ContentObject, HeadersObject } from '@nestjs/swagger';

import { Documented } from './documented.decorator.js';
import { type ErrorCode, errorExample, type ErrorParameters, ERRORS } from '../errors/error.catalogue.js';
import type { Problem } from '../errors/problem.js';

/** Errors of any route with a JSON body. */
export const BODY_ERRORS = [
  'MALFORMED_JSON',
  'BAD_REQUEST',
  'BODY_TOO_DEEP',
  'BODY_TOO_COMPLEX',
  'BODY_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
] as const satisfies readonly ErrorCode[];

/** Errors of any route that authenticates its callers. */
export const CALLER_ERRORS = [
  'AUTHENTICATION_REQUIRED',
  'INVALID_REQUEST',
  'INVALID_TOKEN',
  'IDENTITY_CLAIM_MISSING',
  'IDENTITY_AMBIGUOUS',
  'GROUPS_OVERAGE',
  'AUTHENTICATION_UNAVAILABLE',
] as const satisfies readonly ErrorCode[];

/** Errors of any route for administrators of a room, beside those of a body. */
export const ROOM_ADMIN_ERRORS = [
  'NAME_BLANK',
  'NAME_TOO_LONG',
  ...CALLER_ERRORS,
  'NOT_ROOM_ADMIN',
  'ACCESS_REVOKED',
  'RATE_LIMITED',
  'POLICY_FAILED',
  'INTERNAL_ERROR',
] as const satisfies readonly ErrorCode[];

/** The error format of a route: its content by media type, with examples that are named after the code. */
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

interface ApiProblemsOptions {
  /** Default: problem+json. */
  readonly form?: ProblemForm;
  /** Of the example texts, where the route has other names than the catalogue. */
  readonly parameters?: ErrorParameters;
  /** Texts by code, where the example of the catalogue is one of another route. */
  readonly texts?: Partial<Record<ErrorCode, string>>;
}

export function ApiProblems(codes: readonly ErrorCode[], options: ApiProblemsOptions = {}): MethodDecorator {
  const { form = problemForm } = options;
  const statuses = new Set(codes.map((code) => ERRORS[code].status));
  return Documented(({ ApiResponse }) =>
    [...statuses].map((status) => {
      const ofStatus = codes.filter((code) => ERRORS[code].status === status);
      return ApiResponse({
        status,
        description: ofStatus.map((code) => `- \`${code}\`: ${ERRORS[code].documentation}`).join('\n'),
        ...(HEADERS[status] && { headers: HEADERS[status] }),
        content: form(ofStatus.map((code) => exampleOf(code, options))),
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

function exampleOf(code: ErrorCode, { parameters, texts }: ApiProblemsOptions): Problem {
  const status = ERRORS[code].status;
  const requestId = 'b0a0c5f4-7f0e-4d5c-9d0a-3f3d1a1c2b4e';
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? '',
    status,
    detail: texts?.[code] ?? errorExample(code, parameters),
    code,
    requestId,
  };
}
