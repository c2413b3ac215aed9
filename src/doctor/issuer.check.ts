/** Whether access tokens can be verified: the issuer is reached, is the one we name, and publishes keys that we accept. */
import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import type { JWK } from 'jose';

import { fetchPublishedKeys, IssuerError } from '../auth/oidc.published-keys.js';
import { usableKeys } from '../auth/usable-keys.js';
import type { Environment } from '../config/environment.js';

import { DoctorCheck } from './doctor.check.js';
import { fault, type Finding, ok, skipped } from './finding.js';
import { networkFailure } from './network-failure.js';

@Injectable()
export class IssuerCheck extends DoctorCheck {
  override readonly name = 'issuer';

  constructor(private readonly config: ConfigService<Environment, true>) {
    super();
  }

  override async run(): Promise<readonly Finding[]> {
    const issuer = this.config.get('OIDC_ISSUER', { infer: true });
    const jwksUri = this.config.get('OIDC_JWKS_URI', { infer: true });
    if (issuer === undefined) return [skipped('AUTH_MODE is none: everybody may ask for a token, as anybody.')];
    const { host } = new URL(jwksUri ?? issuer);
    try {
      const { keys } = await fetchPublishedKeys({ issuer, jwksUri });
      return [judged(host, await usableKeys(keys))];
    } catch (error) {
      if (error instanceof IssuerError) {
        return [
          fault(
            `${error.message} (${host})`,
            'OIDC_ISSUER must be the issuer, letter by letter, as its own document says.',
          ),
        ];
      }
      const { reason, advice } = networkFailure(error);
      return [fault(`The issuer's keys cannot be fetched from ${host}: ${reason}.`, advice)];
    }
  }
}

function judged(host: string, usable: readonly JWK[]): Finding {
  if (usable.length > 0)
    return ok(`The issuer is who OIDC_ISSUER says, and publishes its keys (${usable.length}) at ${host}.`);
  return fault(
    `The issuer publishes no key at ${host} by which access tokens could be verified.`,
    'Let it sign access tokens by an asymmetric algorithm, such as RS256 or ES256, and publish the key.',
  );
}
