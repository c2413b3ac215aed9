/** The body of POST /livekit/token: LiveKit's TokenSourceRequest, checked for types and names. */
import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsOptional } from 'class-validator';

import { Field } from '../../openapi/documented.decorator.js';
import { IsName } from '../../livekit/names.validator.js';
import { CheckedBy } from '../../validation/checked-by.decorator.js';

import { ROOM_CONFIG } from './room-config.schema.js';
import { checkRoomConfig, checkString, checkText, checkTextMap } from './token-source.types.js';
import type { RoomConfigBody, TextMap } from './token-source.types.js';

// The lowest decorator is checked first, and only its error is returned.
export class TokenSourceRequestDto {
  @Field({
    required: false,
    description: 'The room; made up where it is left out. A name: not blank, at most 256 bytes of UTF-8.',
    example: 'standup',
  })
  @IsName()
  @CheckedBy(checkString)
  @MayBeEmpty()
  room_name?: string;

  @Field({ required: false, description: 'The display name.', example: 'Alice' })
  @IsName()
  @CheckedBy(checkString)
  @MayBeEmpty()
  participant_name?: string;

  @Field({
    required: false,
    description: 'A name; made up where it is left out. With authentication, nothing but the own one.',
    example: 'alice',
  })
  @IsName()
  @CheckedBy(checkString)
  @MayBeEmpty()
  participant_identity?: string;

  @Field({
    required: false,
    description:
      'Where `CLIENT_FIELDS` lists `metadata`. Together with attributes and agents at most 4096 bytes of UTF-8.',
  })
  @CheckedBy(checkText)
  @MayBeEmpty()
  participant_metadata?: string;

  @Field({
    description: 'Where `CLIENT_FIELDS` lists `attributes`.',
    type: 'object',
    selfRequired: false,
    additionalProperties: { type: 'string' },
  })
  @CheckedBy(checkTextMap)
  @MayBeEmpty()
  participant_attributes?: TextMap;

  @Field(ROOM_CONFIG)
  @CheckedBy(checkRoomConfig)
  @MayBeEmpty()
  room_config?: RoomConfigBody;
}

/**
 * Takes null and the empty string, which SDKs send for options set to it, for a field left out. Takes the value as it
 * was sent besides: class-transformer's copy lacks keys such as `toString`, and an attribute may be called that.
 */
function MayBeEmpty(): PropertyDecorator {
  return applyDecorators(
    Transform(({ obj, key }: { obj: Readonly<Record<string, unknown>>; key: string }) =>
      obj[key] === '' || obj[key] === null ? undefined : obj[key],
    ),
    IsOptional(),
  );
}
