import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import type { JWK } from 'jose';

import { fetchPublishedKeys, IssuerError } from '../auth/issuer.metadata.js';
import { readProviders } from '../auth/provider.reader.js';
import { issuersOf, type ProviderSettings } from '../auth/provider.settings.js';
import { usableKeys } from '../auth/usable-keys.js';
import { EnvironmentError } from '../config/environment.error.js';
import type { Environment } from '../config/environment.js';

import { OwnCheck } from './doctor.check.js';
import { fault, type Finding, ok, skipped } from './finding.js';
import { networkFailure } from '../journey/network-failure.js';

/** Whether access tokens can be verified: each issuer can be reached, is the configured one, and publishes usable keys. */
@Injectable()
export class IssuerCheck extends OwnCheck {
  override readonly name = 'issuer';

  constructor(private readonly config: ConfigService<Environment, true>) {
    super();
  }

  override async run(): Promise<readonly Finding[]> {
    const mode = this.config.get('AUTH_MODE', { infer: true });
    if (mode === 'none') return [skipped('AUTH_MODE is none: any client may request a token for any identity.')];
    if (mode === 'custom') return [skipped("AUTH_MODE is custom: callers are verified by a team's module.")];
    try {
      const issuers = readProviders(this.config).flatMap((provider) =>
        issuersOf(provider).map((issuer) => findingOf(provider, issuer)),
      );
      return await Promise.all(issuers);
    } catch (error) {
      if (!(error instanceof EnvironmentError)) throw error;
      return error.invalid.map(({ variable, message }) =>
        fault(`${variable} ${message}.`, 'See docs/authentication.md; the service does not start with this.'),
      );
    }
  }
}

async function findingOf({ jwksUri, name }: ProviderSettings, issuer: string): Promise<Finding> {
  const { host } = new URL(jwksUri ?? issuer);
  const place = name === undefined ? host : `${host}, provider ${name}`;
  try {
    const { keys } = await fetchPublishedKeys({ issuer, jwksUri });
    return judged(place, await usableKeys(keys));
  } catch (error) {
    if (error instanceof IssuerError) {
      return fault(
        `${error.message} (${place})`,
        'The configured issuer must be exactly the one in its own discovery document.',
      );
    }
    const { reason, advice } = networkFailure(error);
    return fault(`The issuer's keys cannot be fetched from ${place}: ${reason}.`, advice);
  }
}

function judged(place: string, usable: readonly JWK[]): Finding {
  if (usable.length > 0) return ok(`The issuer can be reached, and publishes its keys (${usable.length}) at ${place}.`);
  return fault(
    `The issuer publishes no key at ${place} by which access tokens could be verified.`,
    'Let it sign access tokens with an asymmetric algorithm, such as RS256 or ES256, and publish the key.',
  );
}
