import { Field } from '../../openapi/documented.decorator.js';

import { CauseDto } from './cause.dto.js';

export class ConclusionDto extends CauseDto {
  @Field({ type: String, required: false, description: 'The error code, if a request was refused.' })
  readonly code?: string | undefined;

  @Field({ type: () => [CauseDto], description: 'With the cause `undetermined`: the likeliest first.' })
  readonly possible!: readonly CauseDto[];
}
