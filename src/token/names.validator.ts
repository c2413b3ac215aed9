/** The rules for names of rooms and participants, which LiveKit enforces too, but where its clients never see the reason. */
import { applyDecorators } from '@nestjs/common';
import { registerDecorator, type ValidationArguments } from 'class-validator';

import type { FailureCode } from '../http/failure-codes.js';

/** LiveKit's default for the names of rooms, identities and participants (`limit.max_*_length`): bytes, not characters. */
export const MAX_NAME_BYTES = 256;

/** A non-blank, well-formed text of at most {@link MAX_NAME_BYTES} bytes of UTF-8; what it holds is kept byte for byte. */
export function IsName(): PropertyDecorator {
  return applyDecorators(
    rule('NAME_NOT_UNICODE', 'must be well-formed Unicode', (name) => name.isWellFormed()),
    rule('NAME_BLANK', 'must not be blank', (name) => name.trim() !== ''),
    rule(
      'NAME_TOO_LONG',
      `must be at most ${MAX_NAME_BYTES} bytes of UTF-8`,
      // Most names are short enough by their UTF-16 length alone, at three bytes a unit at worst.
      (name) => name.length * 3 <= MAX_NAME_BYTES || Buffer.byteLength(name) <= MAX_NAME_BYTES,
    ),
  );
}

function rule(code: FailureCode, wording: string, holds: (name: string) => boolean): PropertyDecorator {
  return (target, property) =>
    registerDecorator({
      name: code,
      target: target.constructor,
      propertyName: String(property),
      options: { message: ({ property: name }: ValidationArguments) => `${name} ${wording}` },
      validator: { validate: (value: unknown) => typeof value === 'string' && holds(value) },
    });
}
