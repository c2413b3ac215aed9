/** The body of POST /token. */
import { registerDecorator } from 'class-validator';

import { Field } from '../../openapi/documented.decorator.js';
import { IsName } from '../names.validator.js';

export class TokenRequestDto {
  // The lower decorator comes first, and the first fault is the one that is answered.
  @Field({ description: 'The room. Not blank, at most 256 bytes of UTF-8, kept byte for byte.', example: 'Test Room' })
  @IsName()
  @NamesGiven()
  roomName!: string;

  @Field({ description: 'The participant, by the same rules.', example: 'Alice' })
  @IsName()
  participantName!: string;
}

/** Both names, before anything else is said about one of them, and in the words of the server that this one replaces. */
function NamesGiven(): PropertyDecorator {
  return (target, property) =>
    registerDecorator({
      name: 'NAMES_REQUIRED',
      target: target.constructor,
      propertyName: String(property),
      options: { message: 'roomName and participantName are required' },
      validator: {
        validate: (_value, args) => {
          const { roomName, participantName }: Partial<Record<keyof TokenRequestDto, unknown>> = args?.object ?? {};
          return isGiven(roomName) && isGiven(participantName);
        },
      },
    });
}

const isGiven = (name: unknown): boolean => typeof name === 'string' && name !== '';
