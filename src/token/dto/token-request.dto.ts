import { registerDecorator } from 'class-validator';

import { errorDetail } from '../../errors/error.catalogue.js';
import { Field } from '../../openapi/documented.decorator.js';
import { IsName } from '../../livekit/names.validator.js';
import { FlatDto } from '../../validation/flat-dto.js';

@FlatDto()
export class TokenRequestDto {
  // Decorators apply from the bottom up, and the first error is reported.
  @Field({ description: 'The room. Not blank, at most 256 bytes of UTF-8, kept byte for byte.', example: 'Test Room' })
  @IsName()
  @NamesGiven()
  roomName!: string;

  @Field({ description: 'The participant, by the same rules.', example: 'Alice' })
  @IsName()
  participantName!: string;
}

/** Checked before each name alone. The text is that of OpenVidu's server. */
function NamesGiven(): PropertyDecorator {
  return (target, property) =>
    registerDecorator({
      name: 'NAMES_REQUIRED',
      target: target.constructor,
      propertyName: String(property),
      options: { message: errorDetail('NAMES_REQUIRED') },
      validator: {
        validate: (_value, args) => {
          const { roomName, participantName }: Partial<Record<keyof TokenRequestDto, unknown>> = args?.object ?? {};
          return isGiven(roomName) && isGiven(participantName);
        },
      },
    });
}

const isGiven = (name: unknown): boolean => typeof name === 'string' && name !== '';
