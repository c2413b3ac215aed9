import { IsName } from '../../livekit/names.validator.js';
import { Field } from '../../openapi/documented.decorator.js';

export class RoomParams {
  @Field({ description: 'The name of the room, percent-encoded.', example: 'Test Room' })
  @IsName()
  room!: string;
}
