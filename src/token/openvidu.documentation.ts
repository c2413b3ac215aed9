/** POST /token in the reference: each form of its responses, and each error in each of them. */
import { applyDecorators } from '@nestjs/common';
import type { ContentObject } from '@nestjs/swagger';

import { Documented } from '../openapi/documented.decorator.js';
import { BODY_ERRORS, CALLER_ERRORS, type ProblemForm, ApiProblems } from '../openapi/api-problems.decorator.js';

const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJ2aWRlbyI6eyJyb29tSm9pbiI6dHJ1ZX19.c2lnbmF0dXJl';

/** The same text in the three forms of TOKEN_RESPONSE_FORMAT. */
function content(
  key: 'token' | 'errorMessage',
  texts: readonly (readonly [prefix: string, text: string])[],
): ContentObject {
  const object = { type: 'object', required: [key], properties: { [key]: { type: 'string' } } };
  return {
    'application/json': {
      schema: { oneOf: [{ type: 'string' }, object] },
      examples: Object.fromEntries(
        texts.flatMap(([prefix, text]) => [
          [`${prefix}string`, { summary: `${prefix}TOKEN_RESPONSE_FORMAT=string`, value: text }],
          [`${prefix}object`, { summary: `${prefix}TOKEN_RESPONSE_FORMAT=object`, value: { [key]: text } }],
        ]),
      ),
    },
    'text/plain': {
      schema: { type: 'string' },
      examples: Object.fromEntries(
        texts.map(([prefix, text]) => [
          `${prefix}text`,
          { summary: `${prefix}TOKEN_RESPONSE_FORMAT=text`, value: text },
        ]),
      ),
    },
  };
}

const failureContent: ProblemForm = (problems) =>
  content(
    'errorMessage',
    problems.map(({ code, detail }) => [`${code}: `, detail]),
  );

export const OpenViduReference = (): MethodDecorator =>
  applyDecorators(
    Documented(({ ApiOkResponse, ApiOperation }) => [
      ApiOperation({
        operationId: 'createToken',
        summary: "A token, by the contract of OpenVidu's tutorials",
        description:
          'Lets one participant into one room. `TOKEN_RESPONSE_FORMAT` chooses the form of tokens and failures alike: a ' +
          'JSON string, an object with exactly one key, or plain text. The form has no place for a code; the log and the ' +
          'metrics have it. Without authentication, `participantName` is the identity. With it, the identity is the one ' +
          'of the access token, and `participantName` is the display name where the access token has no name claim.',
      }),
      ApiOkResponse({ description: 'The token.', content: content('token', [['', TOKEN]]) }),
    ]),
    ApiProblems(
      [
        'NAMES_REQUIRED',
        'NAME_BLANK',
        'NAME_TOO_LONG',
        'NAME_NOT_UNICODE',
        ...BODY_ERRORS,
        ...CALLER_ERRORS,
        'ROOM_NOT_ALLOWED',
        'ACCESS_ENDED',
        'ACCESS_REVOKED',
        'RATE_LIMITED',
        'POLICY_FAILED',
        'INTERNAL_ERROR',
      ],
      { form: failureContent, parameters: { field: 'roomName' } },
    ),
  );
