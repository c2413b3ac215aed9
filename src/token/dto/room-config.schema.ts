/** What may be set of LiveKit's RoomConfiguration, as the OpenAPI document describes it. */
import type { ApiPropertyOptions } from '@nestjs/swagger';

import { MAX_AGENTS } from '../../policy/join-request.js';

import { DEPLOYMENT, MAX_DEPLOYMENT_BYTES } from '../../policy/agent-dispatch.js';

export const ROOM_CONFIG: ApiPropertyOptions = {
  description: 'Agents, where `CLIENT_FIELDS` lists `agents`; nothing else of it may be set.',
  type: 'object',
  selfRequired: false,
  properties: {
    agents: {
      type: 'array',
      maxItems: MAX_AGENTS,
      items: {
        type: 'object',
        properties: {
          agent_name: { type: 'string', example: 'scribe' },
          metadata: { type: 'string' },
          deployment: { type: 'string', pattern: DEPLOYMENT.source, maxLength: MAX_DEPLOYMENT_BYTES },
          attributes: { type: 'object', additionalProperties: { type: 'string' } },
        },
      },
    },
  },
};
