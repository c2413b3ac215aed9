/** Turns what a ValidationPipe found into the refusal of its first fault. */
import type { ValidationError } from '@nestjs/common';

import { FAILURE_STATUS, type FailureCode } from './failure-codes.js';
import { Refusal } from './refusal.js';

/** Rules of ours bear the code of their failure as their name; any other rule is a bad request. */
export function firstFault(errors: readonly ValidationError[]): Refusal {
  const [rule = '', message = 'The body is not valid.'] = Object.entries(constraintsOf(errors) ?? {})[0] ?? [];
  return new Refusal(isFailureCode(rule) ? rule : 'BAD_REQUEST', message);
}

function constraintsOf(errors: readonly ValidationError[]): ValidationError['constraints'] {
  const [first] = errors;
  return first?.constraints ?? (first?.children ? constraintsOf(first.children) : undefined);
}

function isFailureCode(rule: string): rule is FailureCode {
  return Object.hasOwn(FAILURE_STATUS, rule);
}
