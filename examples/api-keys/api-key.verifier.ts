/** Knows callers by keys of a team's own instead of an issuer's access tokens. */
import { createHash } from 'node:crypto';

import { Inject, Injectable, UnauthorizedException } from '@nestjs/common';

import type { VerifiedCaller } from '../../src/auth/caller.js';
import { TokenVerifier } from '../../src/auth/token.verifier.js';

import { apiKeysConfig, type ApiKeysConfig } from './api-keys.config.js';

@Injectable()
export class ApiKeyVerifier extends TokenVerifier {
  constructor(@Inject(apiKeysConfig.KEY) private readonly keys: ApiKeysConfig) {
    super();
  }

  override async verify(accessToken: string): Promise<VerifiedCaller> {
    // Looked up by hash, so that the time it takes says nothing about a key.
    const client = this.keys.get(createHash('sha256').update(accessToken).digest('hex'));
    if (client === undefined) throw new UnauthorizedException('This key is not known.', { errorCode: 'INVALID_TOKEN' });
    return { kind: 'verified', issuer: 'api-keys', subject: client, identity: client, claims: { client } };
  }
}
