/** Lets clients set, beside names, what the options list and as much of it as a token can carry; refuses the rest. */
import { Inject, Injectable } from '@nestjs/common';

import { ProblemException } from '../errors/problem.exception.js';

import { fieldBytes, MAX_FIELD_BYTES } from './field-size.js';
import type { JoinRequest } from './join-request.js';
import type { JoinTerms } from './join-terms.js';
import { type ClientField, POLICY_OPTIONS, type PolicyOptions } from './policy.options.js';
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
  private readonly allowed: readonly ClientField[];

  constructor(@Inject(POLICY_OPTIONS) { clientFields }: PolicyOptions) {
    this.allowed = clientFields;
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
