import type { ConfigService } from '@nestjs/config';

import { EnvironmentError } from '../config/environment.error.js';
import type { Environment } from '../config/environment.js';
import { InvalidValueError } from '../config/value-readers.js';

import { ClaimPath } from './claim-path.js';
import { ClaimTemplate } from './claim-template.js';
import type { ProviderSettings } from './provider.settings.js';
import { readProvidersFile } from './providers.file.js';

/**
 * The providers of the environment: of OIDC_PROVIDERS_FILE, or the one of the other variables OIDC_*. Empty unless AUTH_MODE is
 * `oidc`. Throws an {@link EnvironmentError}.
 */
export function readProviders(config: ConfigService<Environment, true>): readonly ProviderSettings[] {
  if (config.get('AUTH_MODE', { infer: true }) !== 'oidc') return [];
  const templates = {
    identity: read('OIDC_IDENTITY_CLAIM', () => claimOf(config.get('OIDC_IDENTITY_CLAIM', { infer: true }))),
    displayName: read('OIDC_NAME_CLAIM', () => claimOf(config.get('OIDC_NAME_CLAIM', { infer: true }))),
  };
  const file = config.get('OIDC_PROVIDERS_FILE', { infer: true });
  if (file !== undefined) return read('OIDC_PROVIDERS_FILE', () => readProvidersFile(file, templates));
  return [
    {
      issuer: config.get('OIDC_ISSUER', { infer: true }) ?? '',
      tenants: config.get('OIDC_TENANTS', { infer: true }),
      audience: config.get('OIDC_AUDIENCE', { infer: true }),
      clientIds: config.get('OIDC_CLIENT_IDS', { infer: true }),
      jwksUri: config.get('OIDC_JWKS_URI', { infer: true }),
      tokenType: config.get('OIDC_TOKEN_TYPE', { infer: true }),
      ...templates,
    },
  ];
}

const claimOf = (path: string): ClaimTemplate => ClaimTemplate.ofClaim(ClaimPath.parse(path));

function read<T>(variable: string, reader: () => T): T {
  try {
    return reader();
  } catch (error) {
    if (!(error instanceof InvalidValueError)) throw error;
    throw new EnvironmentError(error.messages.map((message) => ({ variable, message })));
  }
}
