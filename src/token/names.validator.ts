/** The rules for names of rooms and participants, which LiveKit enforces too, but where its clients never see the reason. */
import { applyDecorators } from '@nestjs/common';
import { registerDecorator, type ValidationArguments } from 'class-validator';

import type { ErrorCode } from '../errors/error-codes.js';
import { isBlank, isShortEnough, MAX_NAME_BYTES } from '../livekit/names.js';

/** A non-blank, well-formed text of at most {@link MAX_NAME_BYTES} bytes of UTF-8; what it holds is kept byte for byte. */
export function IsName(): PropertyDecorator {
  return applyDecorators(
    rule('NAME_NOT_UNICODE', 'must be well-formed Unicode', (name) => name.isWellFormed()),
    rule('NAME_BLANK', 'must not be blank', (name) => !isBlank(name)),
    rule('NAME_TOO_LONG', `must be at most ${MAX_NAME_BYTES} bytes of UTF-8`, isShortEnough),
  );
}

function rule(code: ErrorCode, wording: string, holds: (name: string) => boolean): PropertyDecorator {
  return (target, property) =>
    registerDecorator({
      name: code,
      target: target.constructor,
      propertyName: String(property),
      options: { message: ({ property: name }: ValidationArguments) => `${name} ${wording}` },
      validator: { validate: (value: unknown) => typeof value === 'string' && holds(value) },
    });
}
