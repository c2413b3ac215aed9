import { applyDecorators } from '@nestjs/common';

import { ApiProblems, type ProblemForm } from '../openapi/api-problems.decorator.js';
import { Documented } from '../openapi/documented.decorator.js';

import { oauthErrorOf } from './backchannel-logout.format.js';
import { LogoutRequestDto } from './dto/logout-request.dto.js';

const OAUTH_ERROR = {
  type: 'object',
  required: ['error', 'error_description'],
  properties: {
    error: { type: 'string', enum: ['invalid_request', 'temporarily_unavailable', 'server_error'] },
    error_description: { type: 'string' },
  },
};

const form: ProblemForm = (problems) => ({
  'application/json': {
    schema: OAUTH_ERROR,
    examples: Object.fromEntries(
      problems.map(({ code, status, detail }) => [
        code,
        { value: { error: oauthErrorOf(status).error, error_description: detail } },
      ]),
    ),
  },
});

export const BackchannelLogoutReference = (): MethodDecorator =>
  applyDecorators(
    Documented(({ ApiBody, ApiConsumes, ApiOkResponse, ApiOperation }) => [
      ApiOperation({
        operationId: 'logOut',
        summary: 'Back-channel logout',
        description:
          'Called by the identity provider (OpenID Connect Back-Channel Logout 1.0). Ends the access of the session `sid`, or of all ' +
          'sessions of `sub`. Exists with `AUTH_MODE=oidc` only. Unlike other errors, those of this route are OAuth errors.',
        security: [{}],
      }),
      ApiConsumes('application/x-www-form-urlencoded'),
      ApiBody({ type: LogoutRequestDto }),
      ApiOkResponse({ description: 'The access has ended. Participants leave within seconds.' }),
    ]),
    ApiProblems(
      [
        'LOGOUT_REQUEST_INVALID',
        'LOGOUT_TOKEN_INVALID',
        'LOGOUT_TOKEN_REPLAYED',
        'AUTHENTICATION_UNAVAILABLE',
        'INTERNAL_ERROR',
      ],
      { form },
    ),
  );
