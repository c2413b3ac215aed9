import type { ValidationError } from '@nestjs/common';

import { isErrorCode } from '../errors/error.catalogue.js';
import { ProblemException } from '../errors/problem.exception.js';

/** Reports the first error alone. A rule that is named after an error code has that code; any other rule is a BAD_REQUEST. */
export function firstError(errors: readonly ValidationError[]): ProblemException {
  const [rule = '', message] = Object.entries(constraintsOf(errors) ?? {})[0] ?? [];
  return new ProblemException(isErrorCode(rule) ? rule : 'BAD_REQUEST', message);
}

function constraintsOf(errors: readonly ValidationError[]): ValidationError['constraints'] {
  const [first] = errors;
  return first?.constraints ?? (first?.children ? constraintsOf(first.children) : undefined);
}
