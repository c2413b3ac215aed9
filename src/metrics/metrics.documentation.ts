import { applyDecorators } from '@nestjs/common';

import { Documented } from '../openapi/documented.decorator.js';
import { ApiProblems } from '../openapi/api-problems.decorator.js';

const EXAMPLE = `# HELP livekit_token_issued_total Tokens signed
# TYPE livekit_token_issued_total counter
livekit_token_issued_total{route="/token"} 42
`;

export const MetricsReference = (): MethodDecorator =>
  applyDecorators(
    Documented(({ ApiOkResponse, ApiOperation }) => [
      ApiOperation({
        operationId: 'metrics',
        summary: 'Prometheus metrics',
        description:
          'Requires `METRICS_TOKEN` as bearer token. If it is not set, the route is open, and 404 in production.',
        security: [{ metrics: [] }, {}],
      }),
      ApiOkResponse({
        description: 'The text format of Prometheus, or OpenMetrics if the client accepts it.',
        content: {
          'text/plain': { schema: { type: 'string' }, example: EXAMPLE },
          'application/openmetrics-text': { schema: { type: 'string' } },
        },
      }),
    ]),
    ApiProblems(['INVALID_REQUEST', 'AUTHENTICATION_REQUIRED', 'INVALID_TOKEN', 'NOT_FOUND', 'INTERNAL_ERROR']),
  );
