import { IsOptional } from 'class-validator';

import { duration, InvalidValueError } from '../../config/value-readers.js';
import { Field } from '../../openapi/documented.decorator.js';
import { CheckedBy } from '../../validation/checked-by.decorator.js';
import type { InvalidPart } from '../../validation/rule.context.js';

const BOUNDS = { min: '1s', max: '365d' };
const readBan = duration(BOUNDS);

export class RemovalDto {
  @Field({
    required: false,
    description: 'How long the participant gets no new token: a number with a unit (s, m, h or d), from 1s to 365d.',
    example: '1h',
  })
  @IsOptional()
  @CheckedBy(checkDuration)
  banFor?: string | null;

  /** In seconds. Undefined without a ban. */
  get banSeconds(): number | undefined {
    return this.banFor ? readBan(this.banFor) : undefined;
  }
}

function checkDuration(field: string, value: unknown): readonly InvalidPart[] {
  try {
    readBan(typeof value === 'string' ? value : '');
    return [];
  } catch (error) {
    if (!(error instanceof InvalidValueError)) throw error;
    return [{ pointer: '', text: { key: 'DURATION_INVALID', parameters: { field, ...BOUNDS } } }];
  }
}
