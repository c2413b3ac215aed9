import { IsName } from '../../livekit/names.validator.js';
import { Field } from '../../openapi/documented.decorator.js';

import { RoomParams } from './room-params.dto.js';

export class ParticipantParams extends RoomParams {
  @Field({ description: 'The identity of the participant, percent-encoded.', example: 'alice' })
  @IsName()
  identity!: string;
}
