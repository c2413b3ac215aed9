import { Field } from '../../openapi/documented.decorator.js';
import { CAUSES, type JourneyCause } from '../journey-causes.js';

export class CauseDto {
  @Field({ enum: Object.keys(CAUSES), description: 'A stable code.', example: 'no_media' })
  readonly cause!: JourneyCause;

  @Field({ example: CAUSES.no_media.text })
  readonly text!: string;

  @Field({ description: 'What to do.', example: CAUSES.no_media.advice })
  readonly advice!: string;
}
