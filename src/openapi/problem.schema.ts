import type { SchemaObject } from '@nestjs/swagger';

import type { InvalidMember, ProblemMembers } from '../errors/problem.js';

const PROPERTIES: Record<keyof ProblemMembers, SchemaObject> = {
  type: { type: 'string', enum: ['about:blank'], description: 'Always `about:blank`; `code` is the type.' },
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

const INVALID_MEMBER: Record<keyof InvalidMember, SchemaObject> = {
  pointer: { type: 'string', description: 'JSON Pointer (RFC 6901) into the body or query.', example: '/room_name' },
  code: { type: 'string', pattern: '^[A-Z][A-Z0-9_]*$', example: 'NAME_TOO_LONG' },
  detail: { type: 'string' },
};

const ERRORS: SchemaObject = {
  type: 'array',
  description: 'Of problems of validation: everything that is not valid.',
  items: { type: 'object', required: Object.keys(INVALID_MEMBER), properties: INVALID_MEMBER },
};

export const PROBLEM_SCHEMA: SchemaObject = {
  type: 'object',
  description: 'RFC 9457, with `code` and `requestId` as extension members. Modules of the operator may add others.',
  required: Object.keys(PROPERTIES),
  properties: { ...PROPERTIES, errors: ERRORS },
};
