/** What the ValidationPipe accepts and refuses with the application's options, for DTOs of every kind. */
import { type ArgumentMetadata, ValidationPipe } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { Exclude, Expose, Transform, Type } from 'class-transformer';
import {
  Allow,
  IsInt,
  IsOptional,
  IsString,
  MaxLength,
  registerDecorator,
  ValidateIf,
  ValidateNested,
} from 'class-validator';

import { TokenRequestDto } from '../token/dto/token-request.dto.js';
import { TokenSourceRequestDto } from '../token/dto/token-source-request.dto.js';

import { VALIDATION_OPTIONS } from './validation.options.js';

class Team {
  @IsString()
  @MaxLength(5)
  a!: string;

  @IsInt()
  @IsOptional()
  b?: number | null;

  c = 'has no rule, so it is removed';
}

class Heir extends Team {
  @IsString()
  d = 'a default';
}

class Renamed {
  @Expose({ name: 'a' })
  @IsString()
  b!: string;
}

class Hidden {
  @Exclude()
  @IsOptional()
  @IsString()
  a?: string;
}

class Transformed {
  @Transform(({ value }) => String(value).trim())
  @IsString()
  a!: string;
}

class Nested {
  @ValidateNested()
  @Type(() => Team)
  a!: Team;
}

class Listed {
  @IsString({ each: true })
  a!: string[];
}

class Sometimes {
  @ValidateIf(({ b }: Sometimes) => b === undefined)
  @IsString()
  a?: string;

  @Allow()
  b?: unknown;
}

let lookUps = 0;

class Asynchronous {
  @IsKnown({ async: true })
  a!: string;
}

class UndeclaredAsynchronous {
  @IsKnown({})
  a!: string;
}

function IsKnown(options: { async?: boolean }): PropertyDecorator {
  return (target, property) =>
    registerDecorator({
      ...options,
      name: 'isKnown',
      target: target.constructor,
      propertyName: String(property),
      validator: { validate: (value) => Promise.resolve(((lookUps += 1), value === 'known')) },
    });
}

type DtoType = NonNullable<ArgumentMetadata['metatype']>;

const pipe = new ValidationPipe(VALIDATION_OPTIONS);
const transform = (metatype: DtoType, body: unknown): Promise<unknown> =>
  pipe.transform(body, { type: 'body', metatype });

describe('the ValidationPipe', () => {
  it.each<[DtoType, unknown, object]>([
    [TokenRequestDto, { roomName: 'r', participantName: 'p', x: 1 }, { roomName: 'r', participantName: 'p' }],
    [
      TokenRequestDto,
      { roomName: 'r', participantName: 'p', constructor: 1, toString: 2 },
      { roomName: 'r', participantName: 'p' },
    ],
    [TokenSourceRequestDto, { room_name: '', x: 1 }, {}],
    [Team, { a: 'x', c: 1, constructor: 1, toString: 2 }, { a: 'x' }],
    [Team, { a: 'x', b: null }, { a: 'x', b: null }],
    [Heir, { a: 'x', b: 1 }, { a: 'x', b: 1, d: 'a default' }],
    [Renamed, { a: 'x' }, { b: 'x' }],
    [Hidden, { a: 1 }, {}],
    [Transformed, { a: ' x ' }, { a: 'x' }],
    [Nested, { a: { a: 'x', y: 1 } }, { a: { a: 'x' } }],
    [Listed, { a: ['x', 'y'] }, { a: ['x', 'y'] }],
    [Sometimes, { a: 1, b: 2 }, { a: 1, b: 2 }],
    [Asynchronous, { a: 'known' }, { a: 'known' }],
    [UndeclaredAsynchronous, { a: 'known' }, { a: 'known' }],
  ])('makes a %p of %j', async (metatype, body, expected) => {
    const dto = await transform(metatype, structuredClone(body));
    expect(dto).toBeInstanceOf(metatype);
    expect(JSON.parse(JSON.stringify(dto))).toEqual(expected);
  });

  it.each<[DtoType, unknown, string]>([
    [TokenRequestDto, { roomName: 'r' }, 'NAMES_REQUIRED'],
    [TokenRequestDto, { roomName: 'r', participantName: 7 }, 'NAMES_REQUIRED'],
    [TokenRequestDto, { roomName: ' ', participantName: 'p' }, 'NAME_BLANK'],
    [TokenRequestDto, { roomName: 'r', participantName: '\ud83d' }, 'NAME_NOT_UNICODE'],
    [TokenRequestDto, ['r', 'p'], 'NAMES_REQUIRED'],
    [TokenRequestDto, null, 'NAMES_REQUIRED'],
    [TokenSourceRequestDto, { room_name: 7 }, 'FIELD_INVALID'],
    [TokenSourceRequestDto, [], 'BAD_REQUEST'],
    [Team, { a: 1 }, 'BAD_REQUEST'],
    [Team, { a: 'too long' }, 'BAD_REQUEST'],
    [Heir, { a: 'x', d: null }, 'BAD_REQUEST'],
    [Renamed, { b: 'x' }, 'BAD_REQUEST'],
    [Nested, { a: { a: 1 } }, 'BAD_REQUEST'],
    [Nested, { a: 'x' }, 'BAD_REQUEST'],
    [Listed, { a: ['x', 1] }, 'BAD_REQUEST'],
    [Sometimes, { a: 1 }, 'BAD_REQUEST'],
    [Asynchronous, { a: 'unknown' }, 'BAD_REQUEST'],
    [UndeclaredAsynchronous, { a: 'unknown' }, 'BAD_REQUEST'],
  ])('refuses for %p: %j', async (metatype, body, errorCode) => {
    await expect(transform(metatype, structuredClone(body))).rejects.toMatchObject({ errorCode });
  });

  it('calls an asynchronous rule once', async () => {
    lookUps = 0;
    await transform(Asynchronous, { a: 'known' });
    expect(lookUps).toBe(1);
  });

  it('leaves values alone that are not of a DTO', async () => {
    for (const metatype of [Object, String, undefined]) {
      expect(await pipe.transform({ a: 1 }, { type: 'body', metatype })).toEqual({ a: 1 });
    }
  });
});
