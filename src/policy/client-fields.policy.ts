/** Lets clients set, beside names, what CLIENT_FIELDS lists and as much of it as a token can carry; refuses the rest. */
import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';

import type { Environment } from '../config/environment.js';
import { ProblemException } from '../errors/problem.exception.js';

import { fieldBytes, MAX_FIELD_BYTES } from './field-size.js';
import type { JoinRequest } from './join-request.js';
import type { JoinTerms } from './join-terms.js';
import { TokenPolicy, type TokenPolicyProvider } from './token-policy.decorator.js';

/** The fields of CLIENT_FIELDS as clients write them. */
const WRITTEN = {
  metadata: 'participant_metadata',
  attributes: 'participant_attributes',
  agents: 'room_config.agents',
} as const;

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
      throw new ProblemException('FIELD_NOT_ALLOWED', { field: never }, { reason: 'FIELD_NEVER_ALLOWED' });
    }
    for (const field of ['metadata', 'attributes', 'agents'] as const) {
      if (requested[field] !== undefined && !this.allowed.includes(field)) {
        throw new ProblemException('FIELD_NOT_ALLOWED', { field: WRITTEN[field], setting: field });
      }
    }
    if (this.allowed.length > 0 && fieldBytes(requested) > MAX_FIELD_BYTES) {
      throw new ProblemException('FIELDS_TOO_LARGE', { max: MAX_FIELD_BYTES });
    }
    return terms;
  }
}
