/** What problems say besides their code: members of a team's exceptions, and all errors of validation. */
import {
  BadRequestException,
  Body,
  ConflictException,
  Controller,
  ForbiddenException,
  HttpException,
  Injectable,
  Module,
  Post,
} from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, MaxLength, Min, ValidateNested } from 'class-validator';

import type { JoinRequest } from '../src/policy/join-request.js';
import type { JoinTerms } from '../src/policy/join-terms.js';
import { TokenPolicy, type TokenPolicyProvider } from '../src/policy/token-policy.decorator.js';

import { type RunningApp, startApp } from '../src/testing/start-app.js';

class Seat {
  @IsInt()
  @Min(1)
  row!: number;
}

class Booking {
  @MaxLength(5)
  @IsOptional()
  note?: string;

  @IsString()
  @MaxLength(5)
  name!: string;

  @ValidateNested({ each: true })
  @Type(() => Seat)
  'a/b~c': Seat[] = [];
}

const secrets = {
  token: 'hunter2',
  Participant_Token: 'hunter2',
  server_url: 'hunter2',
  deep: [{ secret: 'hunter2', kept: 1 }],
};

/** By path: what a handler throws, and the members that clients see besides title, status and requestId. */
const THROWN: Record<string, { error: Error; problem: object }> = {
  object: {
    error: new HttpException({ reason: 'full', seats: [1, 2] }, 409),
    problem: { detail: 'Conflict', code: 'BAD_REQUEST', reason: 'full', seats: [1, 2] },
  },
  'own-code': {
    error: new ConflictException({ message: 'The room is full.', waiting: 3 }, { errorCode: 'ROOM_FULL' }),
    problem: { detail: 'The room is full.', code: 'ROOM_FULL', waiting: 3 },
  },
  reserved: {
    error: new ForbiddenException({
      detail: 'No.',
      type: 'x',
      title: 'x',
      status: 200,
      code: 'X',
      requestId: 'x',
      a: 1,
    }),
    problem: { detail: 'No.', code: 'FORBIDDEN', a: 1 },
  },
  secrets: {
    error: new ForbiddenException({ message: 'No.', ...secrets }),
    problem: { detail: 'No.', code: 'FORBIDDEN', deep: [{ kept: 1 }] },
  },
  text: { error: new ForbiddenException('No.'), problem: { detail: 'No.', code: 'FORBIDDEN' } },
  list: { error: new BadRequestException(['One.', 'Two.']), problem: { detail: 'One.; Two.', code: 'BAD_REQUEST' } },
  unwritable: {
    error: new ForbiddenException({ message: 'No.', n: 1n }),
    problem: { detail: 'No.', code: 'FORBIDDEN' },
  },
};

@Controller('bookings')
class BookingController {
  @Post()
  create(@Body() booking: Booking): Booking {
    return booking;
  }

  @Post('throws')
  throw(@Body() { name }: { name: string }): void {
    throw THROWN[name]?.error;
  }
}

@Injectable()
@TokenPolicy()
class FullPolicy implements TokenPolicyProvider {
  decide({ room }: JoinRequest, terms: JoinTerms): JoinTerms {
    if (room !== 'full') return terms;
    throw new ConflictException({ message: 'The room is full.', waiting: 3 }, { errorCode: 'ROOM_FULL' });
  }
}

@Module({ controllers: [BookingController], providers: [FullPolicy] })
class BookingModule {}

let service: RunningApp;
beforeAll(async () => {
  service = await startApp({ TOKEN_RESPONSE_FORMAT: 'object' }, { modules: [BookingModule] });
});
afterAll(() => service.close());

const problemOf = async (path: string, body: unknown): Promise<Record<string, unknown>> =>
  (await (await service.post(path, body)).json()) as Record<string, unknown>;

describe('the members of an exception', () => {
  it.each(Object.entries(THROWN))('%s', async (name, { problem }) => {
    const { type, title, status, requestId, ...rest } = await problemOf('/bookings/throws', { name });
    expect(rest).toEqual(problem);
    expect([type, title, typeof requestId]).toEqual(['about:blank', expect.any(String), 'string']);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(requestId).not.toBe('x');
  });

  it('of a policy reach clients of POST /livekit/token, and leave the form of POST /token alone', async () => {
    expect(await problemOf('/livekit/token', { room_name: 'full' })).toMatchObject({ code: 'ROOM_FULL', waiting: 3 });
    expect(await problemOf('/token', { roomName: 'full', participantName: 'p' })).toEqual({
      errorMessage: 'The room is full.',
    });
  });
});

describe('a problem of validation', () => {
  it('has every error, each with its pointer, and that of a type as its detail', async () => {
    const body = { note: 'too long', name: 7, 'a/b~c': [{ row: 1 }, { row: 0 }] };
    expect(await problemOf('/bookings', body)).toMatchObject({
      status: 400,
      code: 'BAD_REQUEST',
      detail: 'name must be a string',
      errors: [
        { pointer: '/note', code: 'MAX_LENGTH', detail: 'note must be shorter than or equal to 5 characters' },
        { pointer: '/name', code: 'IS_STRING', detail: 'name must be a string' },
        { pointer: '/a~1b~0c/1/row', code: 'MIN', detail: 'row must not be less than 1' },
      ],
    });
  });

  it('has the codes of the catalogue on POST /livekit/token', async () => {
    const problem = await problemOf('/livekit/token', { room_name: 'x'.repeat(257), participant_metadata: 7 });
    expect(problem).toMatchObject({
      code: 'FIELD_INVALID',
      detail: 'participant_metadata must be a string',
      errors: [
        { pointer: '/room_name', code: 'NAME_TOO_LONG', detail: 'room_name must be at most 256 bytes of UTF-8' },
        { pointer: '/participant_metadata', code: 'FIELD_INVALID', detail: 'participant_metadata must be a string' },
      ],
    });
  });

  it('is about the whole body if that is no object', async () => {
    expect(await problemOf('/livekit/token', [])).toMatchObject({
      code: 'BAD_REQUEST',
      errors: [{ pointer: '', code: 'IS_OBJECT', detail: 'The value must be an object.' }],
    });
  });

  it('lists at most 50 errors', async () => {
    const { errors } = await problemOf('/bookings', {
      name: 'n',
      'a/b~c': Array.from({ length: 60 }, () => ({ row: 0 })),
    });
    expect(errors).toHaveLength(50);
  });

  it('leaves the form of POST /token alone', async () => {
    const response = await service.post('/token', { roomName: 'x'.repeat(257), participantName: '\ud83d' });
    expect(await response.json()).toEqual({ errorMessage: 'roomName must be at most 256 bytes of UTF-8' });
  });
});
