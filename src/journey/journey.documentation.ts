import { applyDecorators } from '@nestjs/common';

import { ApiProblems, ROOM_ADMIN_ERRORS } from '../openapi/api-problems.decorator.js';
import { Documented } from '../openapi/documented.decorator.js';

import { JourneyDto } from './dto/journey.dto.js';

const ROOM = { name: 'room', type: String, description: 'The name of the room.', example: 'standup' };
const IDENTITY = { name: 'identity', type: String, description: 'The identity of the participant.', example: 'alice' };

export const JourneyReference = (): MethodDecorator =>
  applyDecorators(
    Documented(({ ApiOkResponse, ApiOperation, ApiQuery }) => [
      ApiOperation({
        operationId: 'tellJourney',
        summary: 'Why a participant is not in a room',
        description:
          'What happened to the participant within the last 24 hours, and the cause. For callers who would get a token with ' +
          '`roomAdmin` for this room. Exists with `AUTH_MODE` other than `none` only.',
      }),
      ApiQuery(ROOM),
      ApiQuery(IDENTITY),
      ApiOkResponse({ type: JourneyDto }),
    ]),
    ApiProblems(ROOM_ADMIN_ERRORS, { parameters: { field: 'room' } }),
  );

export const OperatorJourneyReference = (): MethodDecorator =>
  applyDecorators(
    Documented(({ ApiOkResponse, ApiOperation, ApiQuery }) => [
      ApiOperation({
        operationId: 'tellOperatorJourney',
        summary: 'Why a participant is not in a room, for operators',
        description:
          'For `npm run doctor`. Signed with a key pair of LiveKit as its webhooks are; the signature contains the SHA-256 of path and ' +
          'query as they are sent.',
        security: [{ webhook: [] }],
      }),
      ApiQuery(ROOM),
      ApiQuery(IDENTITY),
      ApiOkResponse({ type: JourneyDto }),
    ]),
    ApiProblems(['NAME_BLANK', 'NAME_TOO_LONG', 'WEBHOOK_SIGNATURE_INVALID', 'INTERNAL_ERROR'], {
      parameters: { field: 'room' },
    }),
  );
