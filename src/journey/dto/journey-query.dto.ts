import { Transform, type TransformFnParams } from 'class-transformer';

import { IsName } from '../../livekit/names.validator.js';

/** Express gives a list for a parameter that is there twice. */
const single = ({ value }: TransformFnParams): string => (typeof value === 'string' ? value : '');

export class JourneyQuery {
  @Transform(single)
  @IsName()
  room = '';

  @Transform(single)
  @IsName()
  identity = '';
}
