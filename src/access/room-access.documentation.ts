import { applyDecorators } from '@nestjs/common';

import type { ErrorCode } from '../errors/error.catalogue.js';
import { ApiProblems, BODY_ERRORS, ROOM_ADMIN_ERRORS } from '../openapi/api-problems.decorator.js';
import { Documented } from '../openapi/documented.decorator.js';

import { ParticipantsDto } from './dto/participants.dto.js';
import { RemovalDto } from './dto/removal.dto.js';

const LIVEKIT_ERRORS = [
  'LIVEKIT_REFUSED_KEY',
  'LIVEKIT_FAILED',
  'LIVEKIT_UNAVAILABLE',
] as const satisfies readonly ErrorCode[];

const parameters = { field: 'room' };

const WHO =
  'For callers who would get a token with `roomAdmin` for this room. Exists with `AUTH_MODE` other than `none` and ' +
  '`ACCESS_ENFORCEMENT=on` only.';

export const ListReference = (): MethodDecorator =>
  applyDecorators(
    Documented(({ ApiOkResponse, ApiOperation }) => [
      ApiOperation({
        operationId: 'listParticipants',
        summary: 'Who is in a room',
        description: `Participants who were admitted by this service. ${WHO}`,
      }),
      ApiOkResponse({ type: ParticipantsDto }),
    ]),
    ApiProblems(['BAD_REQUEST', ...ROOM_ADMIN_ERRORS], { parameters }),
  );

export const RemovalReference = (): MethodDecorator =>
  applyDecorators(
    Documented(({ ApiBody, ApiNoContentResponse, ApiOperation }) => [
      ApiOperation({
        operationId: 'removeParticipant',
        summary: 'Remove a participant',
        description: `All tokens that the participant has for the room are void. \`banFor\` refuses new ones too. ${WHO}`,
      }),
      ApiBody({ type: RemovalDto, required: false }),
      ApiNoContentResponse({
        description: 'Recorded. The participant leaves at once, or as soon as LiveKit can be reached.',
      }),
    ]),
    ApiProblems(['FIELD_INVALID', ...BODY_ERRORS, ...ROOM_ADMIN_ERRORS, 'ACCESS_NOT_FOUND', ...LIVEKIT_ERRORS], {
      parameters,
      texts: { FIELD_INVALID: 'banFor must be a number with a unit (s, m, h or d), from 1s to 365d' },
    }),
  );

export const BanReference = (): MethodDecorator =>
  applyDecorators(
    Documented(({ ApiNoContentResponse, ApiOperation }) => [
      ApiOperation({
        operationId: 'liftBan',
        summary: 'Lift a ban',
        description: `Token requests are decided as usual again. ${WHO}`,
      }),
      ApiNoContentResponse({ description: 'Lifted.' }),
    ]),
    ApiProblems(['BAD_REQUEST', ...ROOM_ADMIN_ERRORS, 'ACCESS_NOT_FOUND'], { parameters }),
  );

export const EndReference = (): MethodDecorator =>
  applyDecorators(
    Documented(({ ApiNoContentResponse, ApiOperation }) => [
      ApiOperation({
        operationId: 'endRoom',
        summary: 'End a meeting',
        description: `Removes all participants and deletes the room in LiveKit. All tokens for the room are void. ${WHO}`,
      }),
      ApiNoContentResponse({ description: 'The room has ended.' }),
    ]),
    ApiProblems(['BAD_REQUEST', ...ROOM_ADMIN_ERRORS, 'ACCESS_NOT_FOUND', ...LIVEKIT_ERRORS], { parameters }),
  );
