/** Turns what a ValidationPipe found into the refusal of its first fault. */
import type { ValidationError } from '@nestjs/common';

import { ERROR_STATUS, type ErrorCode } from '../errors/error-codes.js';
import { ProblemException } from '../errors/problem.exception.js';

/** Rules of ours bear the code of their failure as their name; any other rule is a bad request. */
export function firstError(errors: readonly ValidationError[]): ProblemException {
  const [rule = '', message = 'The body is not valid.'] = Object.entries(constraintsOf(errors) ?? {})[0] ?? [];
  return new ProblemException(isErrorCode(rule) ? rule : 'BAD_REQUEST', message);
}

function constraintsOf(errors: readonly ValidationError[]): ValidationError['constraints'] {
  const [first] = errors;
  return first?.constraints ?? (first?.children ? constraintsOf(first.children) : undefined);
}

function isErrorCode(rule: string): rule is ErrorCode {
  return Object.hasOwn(ERROR_STATUS, rule);
}
