/** Knows callers by keys, beside those who bring an access token of an identity provider. */
import { createHash } from 'node:crypto';

import { Inject, Injectable } from '@nestjs/common';
import type { Request } from 'express';

import { CallerVerifier } from '../../src/auth/caller-verifier.decorator.js';
import type { VerifiedCaller } from '../../src/auth/caller.js';
import { TokenVerifier } from '../../src/auth/token.verifier.js';

import { apiKeysConfig, type ApiKeysConfig } from './api-keys.config.js';

@Injectable()
@CallerVerifier()
export class ApiKeyVerifier extends TokenVerifier {
  constructor(@Inject(apiKeysConfig.KEY) private readonly keys: ApiKeysConfig) {
    super();
  }

  override credentialOf(request: Request): string | undefined {
    return request.get('x-api-key') ?? super.credentialOf(request);
  }

  /** A credential that is no key may be an access token: the next verifier decides about it. */
  override async verify(credential: string): Promise<VerifiedCaller | undefined> {
    // Looked up by hash, so that the time it takes says nothing about a key.
    const client = this.keys.get(createHash('sha256').update(credential).digest('hex'));
    if (client === undefined) return undefined;
    return {
      kind: 'verified',
      issuer: 'api-keys',
      subject: client,
      // No identity of the identity provider may be the same.
      identity: `key:${client}`,
      claims: { client },
      requestsPerMinute: 600,
    };
  }
}
