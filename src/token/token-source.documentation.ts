/** POST /livekit/token in the reference. */
import { applyDecorators } from '@nestjs/common';

import { Documented } from '../openapi/documented.decorator.js';
import { BODY_ERRORS, CALLER_ERRORS, ApiProblems } from '../openapi/api-problems.decorator.js';

import { TokenSourceRequestDto } from './dto/token-source-request.dto.js';
import { TokenSourceResponseDto } from './dto/token-source-response.dto.js';

export const TokenSourceReference = (): MethodDecorator =>
  applyDecorators(
    Documented(({ ApiBody, ApiCreatedResponse, ApiOperation }) => [
      ApiOperation({
        operationId: 'createTokenForSource',
        summary: "A token, by LiveKit's standard token endpoint",
        description:
          'What `TokenSource.endpoint(url)` of every LiveKit client SDK calls. Every field is optional; `""`, `null` and ' +
          '`{}` count as left out, and unknown fields are ignored. What clients may set beside names is `CLIENT_FIELDS`.',
      }),
      ApiBody({ type: TokenSourceRequestDto, required: false }),
      ApiCreatedResponse({ description: 'Where to connect, and with what.', type: TokenSourceResponseDto }),
    ]),
    ApiProblems([
      'NAME_BLANK',
      'NAME_TOO_LONG',
      'NAME_NOT_UNICODE',
      'FIELD_INVALID',
      'FIELDS_TOO_LARGE',
      ...BODY_ERRORS,
      ...CALLER_ERRORS,
      'FIELD_NOT_ALLOWED',
      'IDENTITY_NOT_OWN',
      'ROOM_NOT_ALLOWED',
      'ACCESS_ENDED',
      'ACCESS_REVOKED',
      'RATE_LIMITED',
      'POLICY_FAILED',
      'LIVEKIT_URL_MISSING',
      'INTERNAL_ERROR',
    ]),
  );
