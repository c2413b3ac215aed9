/** Lets clients set, beside names, what CLIENT_FIELDS lists and as much of it as a token can carry; refuses the rest. */
import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';

import type { Environment } from '../config/environment.js';
import { ProblemException } from '../errors/problem.exception.js';

import type { JoinRequest, RequestedOptions } from './join-request.js';
import type { JoinTerms } from './join-terms.js';
import { TokenPolicy, type TokenPolicyProvider } from './token-policy.decorator.js';

/** The fields of CLIENT_FIELDS as clients write them. */
const WRITTEN = {
  metadata: 'participant_metadata',
  attributes: 'participant_attributes',
  agents: 'room_config.agents',
} as const;

/**
 * In bytes of UTF-8. LiveKit takes far more, but the token travels in a URL, of which common proxies take 8 KiB: this
 * much is 5.5 KiB in the Base64 of a token, and leaves room for names and grants.
 */
const MAX_FIELD_BYTES = 4096;

@Injectable()
@TokenPolicy({ order: -150 })
export class ClientFieldsPolicy implements TokenPolicyProvider {
  private readonly allowed: Environment['CLIENT_FIELDS'];

  constructor(config: ConfigService<Environment, true>) {
    this.allowed = config.get('CLIENT_FIELDS', { infer: true });
  }

  decide({ requested }: JoinRequest, terms: JoinTerms): JoinTerms {
    const [never] = requested.otherSettings ?? [];
    if (never !== undefined) {
      throw new ProblemException(
        'FIELD_NOT_ALLOWED',
        `${never} may not be set by clients, whatever CLIENT_FIELDS lists.`,
      );
    }
    for (const field of ['metadata', 'attributes', 'agents'] as const) {
      if (requested[field] !== undefined && !this.allowed.includes(field)) {
        throw new ProblemException('FIELD_NOT_ALLOWED', { field: WRITTEN[field], setting: field });
      }
    }
    if (this.allowed.length > 0 && bytesOf(requested) > MAX_FIELD_BYTES) {
      throw new ProblemException('FIELDS_TOO_LARGE', { max: MAX_FIELD_BYTES });
    }
    return terms;
  }
}

/** As LiveKit counts: of a map, the names and the values. */
function bytesOf({ metadata, attributes = {}, agents = [] }: RequestedOptions): number {
  const texts = [
    metadata,
    ...Object.entries(attributes).flat(),
    ...agents.flatMap((agent) => [
      agent.agentName,
      agent.metadata,
      agent.deployment,
      ...Object.entries(agent.attributes ?? {}).flat(),
    ]),
  ];
  return texts.reduce((sum, text) => sum + (text === undefined ? 0 : Buffer.byteLength(text)), 0);
}
