/** The pipe answers and refuses as Nest's own does, for DTOs that have the short way and for those that have not. */
import { describe, expect, it } from '@jest/globals';
import { type ArgumentMetadata, ValidationPipe } from '@nestjs/common';
import * as fc from 'fast-check';
import * as classTransformer from 'class-transformer';
import { Exclude, Expose, Transform, Type } from 'class-transformer';
import * as classValidator from 'class-validator';
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

import { DtoValidationPipe } from './dto-validation.pipe.js';
import { FlatDto } from './flat-dto.js';
import { firstError } from './validation-errors.js';

class Team {
  @IsString()
  @MaxLength(5)
  a!: string;

  @IsInt()
  @IsOptional()
  b?: number | null;

  c = 'never ruled, so never kept';
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

class Grouped {
  @IsString({ groups: ['other'] })
  a!: string;
}

class Sometimes {
  @ValidateIf(({ b }: Sometimes) => b === undefined)
  @IsString()
  a?: string;

  @Allow()
  b?: unknown;
}

let looksUp = 0;

class Asynchronous {
  @LooksUp()
  a!: string;
}

function LooksUp(): PropertyDecorator {
  return (target, property) =>
    registerDecorator({
      name: 'looksUp',
      async: true,
      target: target.constructor,
      propertyName: String(property),
      validator: { validate: (value) => Promise.resolve(((looksUp += 1), value === 'known')) },
    });
}

const options = {
  transform: true,
  whitelist: true,
  stopAtFirstError: true,
  exceptionFactory: firstError,
  validatorPackage: classValidator,
  transformerPackage: classTransformer,
};

const anyValue = fc.oneof(
  fc.constantFrom(
    undefined,
    null,
    '',
    ' ',
    'known',
    '\ud83d',
    0,
    1.5,
    -1,
    true,
    {},
    [],
    ['x'],
    [1],
    { a: 'x' },
    { a: 1 },
  ),
  fc.string({ maxLength: 8 }),
);
const anyKey = fc.constantFrom('a', 'b', 'c', 'd', 'x', 'constructor', 'prototype', 'toString');
const anyBody = fc.oneof(
  { weight: 5, arbitrary: fc.dictionary(anyKey, anyValue, { noNullPrototype: true, maxKeys: 5 }) },
  {
    weight: 5,
    arbitrary: fc.record(
      {
        roomName: anyValue,
        participantName: anyValue,
        room_name: anyValue,
        participant_metadata: anyValue,
        other: anyValue,
      },
      { requiredKeys: [] },
    ),
  },
  anyValue,
);

async function outcome(pipe: ValidationPipe, body: unknown, metadata: ArgumentMetadata): Promise<unknown> {
  try {
    const dto: unknown = await pipe.transform(structuredClone(body), metadata);
    return { dto, type: typeof dto === 'object' && dto !== null ? Object.getPrototypeOf(dto) : undefined };
  } catch (error) {
    const { code, message } = error as { code?: unknown; message: string };
    return { code, message };
  }
}

const TYPES = [
  TokenRequestDto, TokenSourceRequestDto, Team, Heir, Renamed, Hidden, Transformed, Nested, Listed, Grouped, Sometimes, Asynchronous, Object, String, undefined,
]; // prettier-ignore

describe('the pipe', () => {
  it.each(TYPES.map((type) => [type?.name ?? 'nothing', type] as const))(
    'is as ever for %s',
    async (_name, metatype) => {
      const [ours, nests] = [new DtoValidationPipe(), new ValidationPipe(options)];
      await fc.assert(
        fc.asyncProperty(
          anyBody,
          fc.constantFrom('body' as const, 'query' as const, 'custom' as const),
          async (body, type) => {
            const metadata: ArgumentMetadata = { type, metatype };
            expect(await outcome(ours, body, metadata)).toEqual(await outcome(nests, body, metadata));
          },
        ),
        { numRuns: 300 },
      );
    },
  );

  it('calls an asynchronous rule once', async () => {
    looksUp = 0;
    const metadata: ArgumentMetadata = { type: 'body', metatype: Asynchronous };
    expect(await new DtoValidationPipe().transform({ a: 'known' }, metadata)).toEqual({ a: 'known' });
    expect(looksUp).toBe(1);
  });
});

describe('the short way', () => {
  it('is there for plain values, also of a team', () => {
    const body = { roomName: 'r', participantName: 'p', other: 1 };
    expect(FlatDto.of(TokenRequestDto)?.accept(body)).toEqual({ roomName: 'r', participantName: 'p' });
    expect(FlatDto.of(Heir)?.accept({ a: 'x', b: null })).toMatchObject({ a: 'x', b: null, d: 'a default' });
  });

  it('leaves faults, and what is no plain object, to the other', () => {
    const flat = FlatDto.of(TokenRequestDto);
    expect(flat).toBeDefined();
    for (const body of [{ roomName: 'r' }, { roomName: 'r', participantName: ' ' }, ['r', 'p'], 'r', null, undefined]) {
      expect(flat?.accept(body)).toBeUndefined();
    }
  });

  it.each([Renamed, Hidden, Transformed, Nested, Listed, Grouped, Asynchronous, TokenSourceRequestDto])(
    'is not there for %p',
    (type) => expect(FlatDto.of(type)).toBeUndefined(),
  );
});
