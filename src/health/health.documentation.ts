import type { SchemaObject } from '@nestjs/swagger';

import { Documented } from '../openapi/documented.decorator.js';

export const LiveReference = (): MethodDecorator =>
  Documented(({ ApiOkResponse, ApiOperation }) => [
    ApiOperation({
      operationId: 'live',
      summary: 'Whether the process is alive',
      description: 'Checks no dependency.',
      security: [],
    }),
    ApiOkResponse({ description: 'The process is alive.', schema: statusSchema(['ok']), example: { status: 'ok' } }),
  ]);

export const ReadyReference = (): MethodDecorator =>
  Documented(({ ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse }) => [
    ApiOperation({
      operationId: 'ready',
      summary: 'Whether this instance accepts new requests',
      description:
        '503 while the service stops. Dependencies are reported as `up` or `degraded` and do not change the status, ' +
        'since tokens can be signed without them.',
      security: [],
    }),
    ApiOkResponse({
      description: 'It does.',
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
      description: 'The service is stopping. It still serves requests for `SHUTDOWN_DELAY`.',
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
      description: 'By the name of the dependency.',
      additionalProperties: {
        type: 'object',
        required: ['status'],
        properties: { status: { type: 'string', enum: ['up', 'degraded'] } },
      },
    },
  },
});
