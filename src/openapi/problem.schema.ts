/** The form of failures as the OpenAPI document describes it. */
import type { SchemaObject } from '@nestjs/swagger';

import type { Problem } from '../errors/problem.js';

const PROPERTIES: Record<keyof Problem, SchemaObject> = {
  type: { type: 'string', enum: ['about:blank'], description: '`code` says more than an address could.' },
  title: { type: 'string', description: 'The name of the status.', example: 'Bad Request' },
  status: { type: 'integer', example: 400 },
  detail: { type: 'string', description: 'For people; may change.' },
  code: {
    type: 'string',
    pattern: '^[A-Z][A-Z0-9_]*$',
    description: 'For programs; never changes. Modules of the operator may add codes of their own.',
  },
  requestId: { type: 'string', description: 'The same as in the header X-Request-Id, and in the log.' },
};

export const PROBLEM_SCHEMA: SchemaObject = {
  type: 'object',
  description: 'RFC 9457, with `code` and `requestId` as extension members.',
  required: Object.keys(PROPERTIES),
  properties: PROPERTIES,
};
