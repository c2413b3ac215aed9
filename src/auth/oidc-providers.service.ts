import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';

import { EnvironmentError } from '../config/environment.error.js';
import type { Environment } from '../config/environment.js';
import { onFileChange } from '../config/watched-file.js';

import { OidcProvider } from './oidc.provider.js';
import { readProviders } from './provider.reader.js';

/** The identity providers that are in force. Reads OIDC_PROVIDERS_FILE again when it changes. */
@Injectable()
export class OidcProviders implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('OidcProviders');
  private providers: readonly OidcProvider[] = [];
  private single: OidcProvider | undefined;
  private byIssuer: ReadonlyMap<string, OidcProvider> = new Map();
  private stopWatching = (): void => undefined;

  constructor(private readonly config: ConfigService<Environment, true>) {}

  /** Throws an {@link EnvironmentError} with every error of the file. */
  onModuleInit(): void {
    const file = this.config.get('OIDC_PROVIDERS_FILE', { infer: true });
    if (file !== undefined) this.stopWatching = onFileChange(file, () => this.reload());
    this.load();
  }

  onApplicationShutdown(): void {
    this.stopWatching();
  }

  get all(): readonly OidcProvider[] {
    return this.providers;
  }

  /** The provider that every access token must be of. Undefined if only the token says which one that is. */
  get only(): OidcProvider | undefined {
    return this.single;
  }

  /** The provider whose tokens have this `iss`. */
  ofIssuer(issuer: unknown): OidcProvider | undefined {
    return typeof issuer === 'string' ? this.byIssuer.get(issuer) : undefined;
  }

  private reload(): void {
    try {
      this.load();
      this.logger.log('OIDC_PROVIDERS_FILE was read again', { providers: this.providers.length });
    } catch (error) {
      if (!(error instanceof EnvironmentError)) throw error;
      this.logger.error('OIDC_PROVIDERS_FILE is invalid; the providers stay as they were', {
        errors: error.invalid.map(({ message }) => message),
      });
    }
  }

  /** A provider whose settings are unchanged keeps its keys and caches. */
  private load(): void {
    const unchanged = new Map(this.providers.map((provider) => [JSON.stringify(provider.settings), provider]));
    this.providers = readProviders(this.config).map(
      (settings) => unchanged.get(JSON.stringify(settings)) ?? new OidcProvider(settings),
    );
    const [first] = this.providers;
    this.single = this.providers.length === 1 && first?.onlyIssuer !== undefined ? first : undefined;
    this.byIssuer = new Map(
      this.providers.flatMap((provider) => provider.issuers.map((issuer) => [issuer, provider] as const)),
    );
  }
}
