import { Injectable } from '@nestjs/common';

import { Dependency, type HealthCheck } from '../health/dependency.decorator.js';

import { OidcProviders } from './oidc-providers.service.js';
import type { OidcProvider } from './oidc.provider.js';

/** Whether access tokens can be verified, for each identity provider: `issuer`, or `issuer-<name>` for those of the file. */
@Injectable()
@Dependency('issuer')
export class IssuerHealth implements HealthCheck {
  constructor(private readonly providers: OidcProviders) {}

  parts(): ReadonlyMap<string, HealthCheck> {
    return new Map(this.providers.all.map((provider) => [provider.settings.name ?? '', checkOf(provider)]));
  }

  check(): void {
    // Each part has its own check.
  }
}

const checkOf = (provider: OidcProvider): HealthCheck => ({ check: () => provider.reach() });
