import { applyDecorators } from '@nestjs/common';

import { ApiProblems } from '../openapi/api-problems.decorator.js';
import { Documented } from '../openapi/documented.decorator.js';

export const GateReference = (): MethodDecorator =>
  applyDecorators(
    Documented(({ ApiHeader, ApiNoContentResponse, ApiOperation }) => [
      ApiOperation({
        operationId: 'askGate',
        summary: 'The gate before LiveKit',
        description:
          'Called by the proxy before LiveKit, for each request of its clients. The address of the client is in `X-Original-URI` (nginx), in ' +
          '`X-Forwarded-Uri` (Caddy, Traefik), or below the path of the gate, where any method is taken (Envoy). Exists if ' +
          '`ACCESS_ENFORCEMENT` is on. Errors have their code in `X-Gate-Reason` as well.',
        security: [{ gate: [] }, {}],
      }),
      ApiHeader({
        name: 'X-Original-URI',
        required: false,
        description: 'Path and query of the client, as it sent them.',
      }),
      ApiHeader({ name: 'X-Forwarded-Uri', required: false, description: 'The same.' }),
      ApiHeader({ name: 'X-Original-Method', required: false, description: 'Method of the client.' }),
      ApiHeader({ name: 'X-Forwarded-Method', required: false, description: 'The same.' }),
      ApiNoContentResponse({ description: 'The request may reach LiveKit, which checks it itself.' }),
    ]),
    ApiProblems([
      'GATE_ADDRESS_INVALID',
      'JOIN_TOKEN_MISSING',
      'JOIN_TOKEN_INVALID',
      'JOIN_TOKEN_AMBIGUOUS',
      'GATE_TOKEN_INVALID',
      'ACCESS_REVOKED',
      'ACCESS_ENDED',
      'GRANTS_TOO_WIDE',
      'ADMISSION_UNKNOWN',
      'INTERNAL_ERROR',
    ]),
  );
