import type { SchemaObject } from '@nestjs/swagger';

import { Documented } from '../openapi/documented.decorator.js';

export const LiveReference = (): MethodDecorator =>
  Documented(({ ApiOkResponse, ApiOperation }) => [
    ApiOperation({
      operationId: 'live',
      summary: 'Whether the process is alive',
      description: 'Depends on nothing.',
      security: [],
    }),
    ApiOkResponse({ description: 'It is.', schema: statusSchema(['ok']), example: { status: 'ok' } }),
  ]);

export const ReadyReference = (): MethodDecorator =>
  Documented(({ ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse }) => [
    ApiOperation({
      operationId: 'ready',
      summary: 'Whether new requests should come here',
      description:
        'Not while stopping. What is depended on is reported as `up` or `degraded` and changes nothing of the status, ' +
        'since tokens can be signed without it.',
      security: [],
    }),
    ApiOkResponse({
      description: 'They should.',
      content: {
        'application/json': {
          schema: statusSchema(['ok', 'degraded']),
          examples: {
            ok: { value: reportOf('ok', { livekit: { status: 'up' }, issuer: { status: 'up' } }) },
            degraded: { value: reportOf('degraded', { livekit: { status: 'degraded' }, issuer: { status: 'up' } }) },
          },
        },
      },
    }),
    ApiServiceUnavailableResponse({
      description: 'The service is stopping; it still answers what comes, for `SHUTDOWN_DELAY`.',
      content: {
        'application/json': {
          schema: statusSchema(['shutting_down']),
          examples: { stopping: { value: reportOf('shutting_down', { livekit: { status: 'up' } }) } },
        },
      },
    }),
  ]);

/** Terminus lists indicators that are not `down` in `info` too. Ours are `up` or `degraded`. */
const reportOf = (status: string, details: object): object => ({ status, info: details, error: {}, details });

const statusSchema = (statuses: string[]): SchemaObject => ({
  type: 'object',
  required: ['status'],
  properties: {
    status: { type: 'string', enum: statuses },
    details: {
      type: 'object',
      description: 'By the name of what is depended on.',
      additionalProperties: {
        type: 'object',
        required: ['status'],
        properties: { status: { type: 'string', enum: ['up', 'degraded'] } },
      },
    },
  },
});
