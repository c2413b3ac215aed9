/** The body of POST /token. */
import { registerDecorator } from 'class-validator';

import { IsName } from '../names.validator.js';

export class TokenRequestDto {
  // The lower decorator comes first, and the first fault is the one that is answered.
  @IsName()
  @NamesGiven()
  roomName!: string;

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
