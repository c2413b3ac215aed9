/** Verifies the servers of partners by API key, beside callers with an access token of the identity provider. */
import { createHash } from 'node:crypto';

import { Inject, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { CallerVerifier, TokenVerifier, type VerifiedCaller } from 'livekit-token-service/auth';

import { partnerKeysConfig, type PartnerKeysConfig } from './partner-keys.config.js';

@Injectable()
@CallerVerifier()
export class PartnerKeyVerifier extends TokenVerifier {
  constructor(@Inject(partnerKeysConfig.KEY) private readonly partners: PartnerKeysConfig) {
    super();
  }

  override credentialOf(request: Request): string | undefined {
    return request.get('x-api-key') ?? super.credentialOf(request);
  }

  /** A credential that is no key may be an access token: undefined leaves it to the next verifier. */
  override async verify(credential: string): Promise<VerifiedCaller | undefined> {
    // Looked up by hash, so that the time of the lookup reveals nothing about a key.
    const partner = this.partners.get(createHash('sha256').update(credential).digest('hex'));
    if (partner === undefined) return undefined;
    const { name, requestsPerMinute } = partner;
    return {
      kind: 'verified',
      issuer: 'partner-keys',
      subject: name,
      // The prefix keeps partners apart from each other and from the identity provider's users.
      identity: `partner:${name}`,
      claims: { partner: name },
      mayActFor: [`partner:${name}:`],
      requestsPerMinute,
    };
  }
}
