import { IsOptional, registerDecorator } from 'class-validator';

import { duration, InvalidValueError } from '../../config/value-readers.js';
import { Field } from '../../openapi/documented.decorator.js';

const readBan = duration({ min: '1s', max: '365d' });

export class RemovalDto {
  @Field({
    required: false,
    description: 'How long the participant gets no new token: a number with a unit (s, m, h or d), from 1s to 365d.',
    example: '1h',
  })
  @IsOptional()
  @IsBanDuration()
  banFor?: string | null;

  /** In seconds. Undefined without a ban. */
  get banSeconds(): number | undefined {
    return this.banFor ? readBan(this.banFor) : undefined;
  }
}

function IsBanDuration(): PropertyDecorator {
  return (target, property) =>
    registerDecorator({
      name: 'FIELD_INVALID',
      target: target.constructor,
      propertyName: String(property),
      options: { message: ({ value }) => `banFor ${errorOf(value)}` },
      validator: { validate: (value: unknown) => errorOf(value) === undefined },
    });
}

function errorOf(value: unknown): string | undefined {
  try {
    readBan(typeof value === 'string' ? value : '');
    return undefined;
  } catch (error) {
    if (error instanceof InvalidValueError) return error.message;
    throw error;
  }
}
