import type { ValidationError, ValidationPipeOptions } from '@nestjs/common';

import { isErrorCode } from '../errors/error.catalogue.js';
import { ProblemException } from '../errors/problem.exception.js';

/** Options of the application's ValidationPipe. Unknown members are removed, and the first error alone is reported. */
export const VALIDATION_OPTIONS: ValidationPipeOptions = {
  transform: true,
  whitelist: true,
  stopAtFirstError: true,
  exceptionFactory: problemOfFirst,
};

/** A rule that is named after an error code has that code; any other rule is a BAD_REQUEST. */
function problemOfFirst(errors: readonly ValidationError[]): ProblemException {
  const [rule = '', message] = Object.entries(constraintsOf(errors) ?? {})[0] ?? [];
  return new ProblemException(isErrorCode(rule) ? rule : 'BAD_REQUEST', message);
}

function constraintsOf(errors: readonly ValidationError[]): ValidationError['constraints'] {
  const [first] = errors;
  return first?.constraints ?? (first?.children ? constraintsOf(first.children) : undefined);
}
