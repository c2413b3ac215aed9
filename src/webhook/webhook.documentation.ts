import { applyDecorators } from '@nestjs/common';

import { Documented } from '../openapi/documented.decorator.js';
import { ApiProblems } from '../openapi/api-problems.decorator.js';

const EXAMPLE = {
  event: 'participant_joined',
  id: 'EV_eugWmGhovZmm',
  createdAt: '1767225600',
  room: { sid: 'RM_hycBMAjmt6Ub', name: 'standup' },
  participant: { sid: 'PA_f3ZAFGGGpfWA', identity: 'alice', name: 'Alice' },
};

export const WebhookReference = (): MethodDecorator =>
  applyDecorators(
    Documented(({ ApiBody, ApiConsumes, ApiOkResponse, ApiOperation }) => [
      ApiOperation({
        operationId: 'receiveWebhook',
        summary: "LiveKit's webhooks",
        description:
          'Signed by LiveKit with a key of this service: the Authorization header is the bare token, which contains the SHA-256 ' +
          'of the body. The response to a duplicate is 200; it is not delivered again.',
        security: [{ webhook: [] }],
      }),
      ApiConsumes('application/webhook+json'),
      ApiBody({
        description: "LiveKit's WebhookEvent, in the JSON form of protobuf.",
        schema: {
          type: 'object',
          required: ['event', 'id'],
          properties: { event: { type: 'string' }, id: { type: 'string' } },
          example: EXAMPLE,
        },
      }),
      ApiOkResponse({ description: 'Accepted, or a duplicate.' }),
    ]),
    ApiProblems([
      'WEBHOOK_UNDECODABLE',
      'WEBHOOK_SIGNATURE_INVALID',
      'BODY_TOO_LARGE',
      'UNSUPPORTED_MEDIA_TYPE',
      'WEBHOOK_LISTENER_FAILED',
      'WEBHOOK_IN_PROGRESS',
      'INTERNAL_ERROR',
    ]),
  );
