/** Rules for names of rooms and participants. LiveKit enforces them too, but does not tell its clients the reason. */
import { applyDecorators } from '@nestjs/common';
import { registerDecorator, type ValidationArguments } from 'class-validator';

import { type ErrorCode, errorDetail } from '../errors/error.catalogue.js';
import type { RuleContext } from '../validation/rule.context.js';

import { isBlank, isShortEnough, MAX_NAME_BYTES } from './names.js';

/** A non-blank, well-formed string of at most {@link MAX_NAME_BYTES} bytes of UTF-8. */
export function IsName(): PropertyDecorator {
  return applyDecorators(
    rule('NAME_NOT_UNICODE', (name) => name.isWellFormed()),
    rule('NAME_BLANK', (name) => !isBlank(name)),
    rule('NAME_TOO_LONG', isShortEnough),
  );
}

function rule(code: ErrorCode, holds: (name: string) => boolean): PropertyDecorator {
  return (target, property) =>
    registerDecorator({
      name: code,
      target: target.constructor,
      propertyName: String(property),
      options: {
        context: { max: MAX_NAME_BYTES } satisfies RuleContext,
        message: ({ property: field }: ValidationArguments) => errorDetail(code, { field, max: MAX_NAME_BYTES }),
      },
      validator: { validate: (value: unknown) => typeof value === 'string' && holds(value) },
    });
}
